import path from 'node:path';
import { styleText } from 'node:util';
import type { Pack } from '../../catalog/catalog.ts';
import { ExitCode } from '../../core/errors.ts';
import { BUILT_IN, type LabEntry, type Origin } from '../../core/lab.ts';
import type { Host } from '../../platform/host.ts';
import { openPacks } from '../packs/open.ts';
import { table } from '../table.ts';

export interface ListOptions {
  json?: boolean;
  pack: readonly string[];
}

export async function list(options: ListOptions, host: Host): Promise<number> {
  const { graderIdsOf, listLabs } = await import('../../catalog/catalog.ts');
  const packs = await openPacks(options.pack, host);
  const labs = await listLabs(packs, host.cwd);
  host.stdout.write(
    options.json
      ? `${JSON.stringify(labs.map(asJson), null, 2)}\n`
      : render(labs, packs.length > 1, host),
  );
  for (const pack of packs) {
    const ids = await graderIdsOf(pack);
    const stray = ids.filter((id) => labs.every(({ manifest }) => manifest.id !== id));
    if (pack.origin.pack !== BUILT_IN && stray.length > 0)
      host.stderr.write(strayText(pack, stray));
  }
  return ExitCode.passed;
}

function strayText({ origin }: Pack, ids: readonly string[]): string {
  return `${origin.pack} has checks for ${ids.join(', ')}, and no lab here is called so.\n`;
}

function asJson({ manifest, origin, paths, additions }: LabEntry) {
  const { id, title, summary, phase, topics, hours, passingScore, services } = manifest;
  return {
    id,
    title,
    summary,
    phase,
    topics,
    hours,
    passingScore,
    services: Object.keys(services),
    languages: Object.keys(paths.templates),
    origin: origin.pack,
    checksAddedBy: additions.map((addition) => addition.origin.pack),
  };
}

/** @param named whether there are other packs than the built-in one */
function render(labs: readonly LabEntry[], named: boolean, host: Host): string {
  const { colors, columns } = host.stdout;
  const bold = (text: string) =>
    colors ? styleText('bold', text, { validateStream: false }) : text;
  const rows = labs.map(({ manifest, paths, origin, additions }) => [
    bold(manifest.id),
    manifest.title,
    ...(named ? [originsOf(origin, additions)] : []),
    manifest.phase,
    `${manifest.hours.min}–${manifest.hours.max} h`,
    Object.keys(manifest.services).join(', '),
    Object.keys(paths.templates).join(', '),
  ]);
  const from = named ? ['FROM'] : [];
  const head = ['LAB', 'TITLE', ...from, 'PHASE', 'TIME', 'SERVICES', 'LANGUAGES'];
  const first = labs[0]?.manifest.id ?? 'crud-api';
  const target = first === 'crud-api' ? 'my-api' : path.basename(first);
  return `${table([head, ...rows], columns)}\nBegin with \`labs start ${first} ${target}\`.\n`;
}

/** `built-in + ./class`: whose lab it is, and who adds checks to it. */
function originsOf(origin: Origin, additions: LabEntry['additions']): string {
  return [origin, ...additions.map((addition) => addition.origin)]
    .map(({ pack }) => pack)
    .join(' + ');
}
