import path from 'node:path';
import { styleText } from 'node:util';
import { ExitCode } from '../../core/errors.ts';
import type { LabEntry } from '../../core/lab.ts';
import type { Host } from '../../platform/host.ts';
import { builtInPack } from '../packs.ts';
import { table } from '../table.ts';

export async function list(options: { json?: boolean }, host: Host): Promise<number> {
  const { listLabs } = await import('../../catalog/catalog.ts');
  const labs = await listLabs([builtInPack(host)], host.cwd);
  host.stdout.write(
    options.json ? `${JSON.stringify(labs.map(asJson), null, 2)}\n` : render(labs, host),
  );
  return ExitCode.passed;
}

function asJson({ manifest, origin, paths }: LabEntry) {
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
    origin,
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
  return `${table([head, ...rows], columns)}\nBegin with \`labs start ${first} ${target}\`.\n`;
}
