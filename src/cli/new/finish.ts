import path from 'node:path';
import type { Plan } from '../../authoring/new/plan.ts';
import { publish, refuseThere } from '../../authoring/new/publish.ts';
import { ExitCode } from '../../core/errors.ts';
import type { Host } from '../../platform/host.ts';
import type { Place } from './place.ts';
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
  const { files, changed, todo } = plan;
  const { root } = place;
  const { cwd, signal, stdout } = host;
  if (dryRun) await refuseThere(root, files, cwd);
  else await publish({ root, files, changed, signal, cwd });
  const shown = path.relative(cwd, root) || '.';
  const lines = [
    dryRun ? `Would make ${what} in ${shown}:` : `Made ${what} in ${shown}:`,
    '',
    ...treeOf(files.keys()).map((line) => `  ${line}`),
    ...[...changed.keys()].map((file) => `  ${file} (one more entry)`),
    ...(todo.length === 0 ? [] : ['', 'Still to be written:', ...todo.map((each) => `  ${each}`)]),
    ...(dryRun ? ['', 'Nothing was written.'] : ['', 'Next:', ...commandLines(next)]),
  ];
  stdout.write(`${lines.join('\n')}\n`);
  return ExitCode.passed;
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

function commandLines(next: Finish['next']): string[] {
  const width = Math.max(...next.map(([command]) => command.length));
  return next.map(([command, purpose]) => `  ${command.padEnd(width)}   ${purpose}`);
}
