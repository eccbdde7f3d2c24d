import { type LabsError, usageError } from '../core/errors.ts';
import { refusal } from './yaml/problem.ts';
import { frameOf, placeOf } from './yaml/source.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

/** The file formats that have a schema in `schemas/`. */
export type ManifestKind = 'lab' | 'workspace' | 'mutant' | 'checks';

const FORMAT_VERSION = 1;

export interface ManifestFile<T> extends Pick<YamlFile, 'source' | 'keySpan' | 'valueSpan'> {
  value: T;
}

/**
 * Reads a manifest and validates it; its defaults are put in.
 *
 * @param cwd directory from which messages name the file
 * @throws {LabsError} usage: absent, broken or not as its schema wants it, with line, column and
 *   the line itself; environment: unreadable
 */
export async function readManifest<T>(file: string, kind: ManifestKind, cwd?: string): Promise<T> {
  return (await readManifestFile<T>(file, kind, cwd)).value;
}

/** The same, for those who have more to check and must say where. */
export async function readManifestFile<T>(
  file: string,
  kind: ManifestKind,
  cwd?: string,
): Promise<ManifestFile<T>> {
  // Checks are as trusted as code; there, what several of them share is said once.
  const yaml = await readYamlFile(file, { cwd, aliases: kind === 'checks' });
  const { formatVersion } = yaml.value;
  if (typeof formatVersion === 'number' && formatVersion > FORMAT_VERSION) throw newer(yaml);
  const { validatorOf } = await import('./manifest/validators.ts');
  const validate = validatorOf(kind);
  if (!validate(yaml.value)) {
    const { problemsOf } = await import('./manifest/problems.ts');
    throw refusal(yaml.source, problemsOf(yaml, validate.errors ?? []));
  }
  return { ...yaml, value: yaml.value as T };
}

function newer({ source, value, valueSpan }: YamlFile): LabsError {
  const span = valueSpan(['formatVersion']);
  return usageError(
    `${placeOf(source, span)}: format version ${value['formatVersion']} was made for a newer labs; this one knows version ${FORMAT_VERSION}.`,
    { detail: frameOf(source, span), hint: 'Update labs.' },
  );
}
