import path from 'node:path';
import { styleText } from 'node:util';
import type { Pack } from '../../catalog/catalog.ts';
import { ExitCode } from '../../core/errors.ts';
import { BUILT_IN, type LabEntry } from '../../core/lab.ts';
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
    options.json ? `${JSON.stringify(labs.map(asJson), null, 2)}\n` : render(labs, host),
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

function render(labs: readonly LabEntry[], host: Host): string {
  const { colors, columns } = host.stdout;
  const bold = (text: string) =>
    colors ? styleText('bold', text, { validateStream: false }) : text;
  const rows = labs.map(({ manifest, paths }) => [
    bold(manifest.id),
    manifest.title,
    manifest.phase,
    `${manifest.hours.min}–${manifest.hours.max} h`,
    Object.keys(manifest.services).join(', '),
    Object.keys(paths.templates).join(', '),
  ]);
  const head = ['LAB', 'TITLE', 'PHASE', 'TIME', 'SERVICES', 'LANGUAGES'];
  const first = labs[0]?.manifest.id ?? 'crud-api';
  const target = first === 'crud-api' ? 'my-api' : path.basename(first);
  const origins = labs.map(originText).join('');
  return `${table([head, ...rows], columns)}${origins && `\n${origins}`}\nBegin with \`labs start ${first} ${target}\`.\n`;
}

/** Not a column: a path can be wider than a terminal. */
function originText({ manifest, origin, additions }: LabEntry): string {
  const added = additions.map((addition) => addition.origin.pack);
  if (origin.pack === BUILT_IN && added.length === 0) return '';
  const more = added.length === 0 ? '' : `; checks are added by ${added.join(', ')}`;
  return `${manifest.id} is from ${origin.pack}${more}.\n`;
}
