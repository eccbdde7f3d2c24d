import { usageError } from '../../../core/errors.ts';
import type { Language } from './language.ts';
import { node } from './node/index.ts';
import { python } from './python/index.ts';

export const LANGUAGES: readonly Language[] = [node, python];

/** @throws {LabsError} `usage`: the sandbox has no image for it */
export function languageOf(name: string): Language {
  const found = knownLanguage(name);
  if (found !== undefined) return found;
  const known = LANGUAGES.flatMap(({ names }) => names).join(', ');
  throw usageError(`The sandbox has no image for the language ${JSON.stringify(name)}.`, {
    hint: `It knows ${known}. If the workspace is your own: --runtime process.`,
  });
}

export function knownLanguage(name: string): Language | undefined {
  return LANGUAGES.find(({ names }) => names.includes(name));
}
