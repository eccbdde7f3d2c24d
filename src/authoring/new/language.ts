import { readFile } from 'node:fs/promises';
import { didYouMean } from '../../catalog/nearest.ts';
import { quote } from '../../catalog/quote.ts';
import { usageError } from '../../core/errors.ts';
import type { LabEntry } from '../../core/lab.ts';
import type { Plan } from './plan.ts';
import { type Files, type Scaffold, SERVICES, serviceSetOf } from './scaffold.ts';

/**
 * A template and a solution in another language. The solution is whole where the lab's contract is still the one
 * that `labs new` wrote; else it is the template, and verification says which of its checks fail.
 *
 * @throws {LabsError} usage: no scaffold in that language, or a lab that it does not fit
 */
export async function planLanguage(
  { manifest, paths }: LabEntry,
  language: string,
  scaffold: Scaffold,
): Promise<Plan> {
  const { id, title } = manifest;
  refuseProcesses(manifest);
  const services = serviceSetOf(Object.keys(manifest.services));
  const whole = await scaffold.lab(id, title, language, services);
  const contract = await readFile(paths.contract, 'utf8');
  const isNotes = operationsIn(contract) === operationsIn(whole.get(`labs/${id}/openapi.yaml`)!);
  const template = partOf(whole, `templates/${id}/${language}`);
  const solution = isNotes
    ? partOf(whole, `test/solutions/${id}/${language}`)
    : template
        .filter(([file]) => !file.endsWith('/gitignore'))
        .map(([file, text]): [string, string] => [
          file.replace(`templates/${id}/`, `test/solutions/${id}/`),
          text,
        ]);
  const files = [...template, ...solution].map(([file, text]): [string, string] => [
    file,
    forLab(text, manifest),
  ]);
  return {
    files: new Map(files),
    changed: new Map(),
    todo: isNotes
      ? []
      : [`test/solutions/${id}/${language}: the service that openapi.yaml documents, in full`],
  };
}

/** @throws {LabsError} usage: there is no scaffold in that language */
export async function refuseLanguage(language: string, scaffold: Scaffold): Promise<void> {
  const languages = await scaffold.languages();
  if (languages.includes(language)) return;
  throw usageError(
    `\`labs new\` knows nothing of ${quote(language)}${didYouMean(language, languages) || '.'}`,
    {
      hint: `It writes ${languages.join(', ')}. For another language, copy a template and change its labs.yaml.`,
    },
  );
}

function refuseProcesses({ id, processes }: LabEntry['manifest']): void {
  const names = Object.keys(processes);
  if (names.length === 1) return;
  throw usageError(
    `The lab ${id} has the processes ${names.join(' and ')}; \`labs new language\` writes web alone.`,
    { hint: `Begin with a copy of what is in templates/${id}.` },
  );
}

/** All but what the contract says of itself, which an author rewrites first. */
function operationsIn(contract: string): string {
  return contract.slice(contract.indexOf('\npaths:'));
}

function partOf(files: Files, folder: string): [string, string][] {
  return [...files].filter(([file]) => file.startsWith(`${folder}/`));
}

/** The lab may have names of its own for what the scaffold reads. */
function forLab(text: string, { services, processes }: LabEntry['manifest']): string {
  const usual = { postgres: 'DATABASE_URL', redis: 'REDIS_URL' };
  return SERVICES.reduce(
    (all, service) => all.replaceAll(usual[service], services[service]?.variable ?? usual[service]),
    text,
  ).replaceAll('/healthz', processes.web.readiness);
}
