import path from 'node:path';
import type { Plan } from '../../authoring/new/plan.ts';
import { publish, refuseThere } from '../../authoring/new/publish.ts';
import { type Files, Scaffold } from '../../authoring/new/scaffold.ts';
import { ExitCode } from '../../core/errors.ts';
import type { Host } from '../../platform/host.ts';
import { packageName } from '../../workspace/template.ts';
import type { Place } from './place.ts';
import { isThere } from './there.ts';
import { treeOf } from './tree.ts';

export interface Finish {
  /** `the lab notes`. */
  what: string;
  plan: Plan;
  place: Place;
  /** Write nothing, and say what would be written. */
  dryRun: boolean;
  /** Commands, each with what it is for. */
  next: readonly (readonly [command: string, purpose: string])[];
}

/** Writes a plan, and says what was made and how to go on. */
export async function finish(
  { what, plan, place, dryRun, next }: Finish,
  host: Host,
): Promise<number> {
  const { changed, todo } = plan;
  const { root } = place;
  const { cwd, signal, stdout } = host;
  const files = new Map([...(await packFiles(place, host)), ...plan.files]);
  if (dryRun) await refuseThere(root, files, cwd);
  else await publish({ root, files, changed, signal, cwd });
  const shown = path.relative(cwd, root) || '.';
  const lines = [
    dryRun ? `Would make ${what} in ${shown}:` : `Made ${what} in ${shown}:`,
    '',
    ...treeOf(files.keys()).map((line) => `  ${line}`),
    ...[...changed.keys()].map((file) => `  ${file} (one more entry)`),
    ...(todo.length === 0 ? [] : ['', 'Still to be written:', ...todo.map((each) => `  ${each}`)]),
    ...(dryRun ? ['', 'Nothing was written.'] : ['', 'Next:', ...commandLines(next, place)]),
  ];
  stdout.write(`${lines.join('\n')}\n`);
  return ExitCode.passed;
}

/** What a pack has at its root and is not there yet; nothing in a checkout of labs. */
async function packFiles({ root, shownAs }: Place, { directories }: Host): Promise<Files> {
  if (shownAs === undefined) return new Map();
  const all = await new Scaffold(directories.package).pack(packageName(path.basename(root)));
  const missing: [string, string][] = [];
  for (const [file, text] of all)
    if (!(await isThere(path.join(root, file)))) missing.push([file, text]);
  return new Map(missing);
}

/** ` --pack ./my-pack`, or nothing in a checkout of labs. */
export function packFlag({ shownAs, packs, root }: Place): string {
  const others = packs.slice(1).filter((pack) => pack.root !== root);
  const named = [
    ...others.map(({ origin }) => origin.pack),
    ...(shownAs === undefined ? [] : [shownAs]),
  ];
  return named.map((pack) => ` --pack ${pack}`).join('');
}

function commandLines(next: Finish['next'], { shownAs }: Place): string[] {
  const build = ['npm run build', 'graders of the checkout are compiled'] as const;
  const all = shownAs === undefined ? [build, ...next] : next;
  const width = Math.max(...all.map(([command]) => command.length));
  return all.map(([command, purpose]) => `  ${command.padEnd(width)}   ${purpose}`);
}
