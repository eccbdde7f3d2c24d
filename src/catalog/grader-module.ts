import { pathToFileURL } from 'node:url';
import { bug, messageOf } from '../core/errors.ts';
import type { Grader } from '../kit/grader.ts';
import { displayPath } from './display-path.ts';
import { resolveKit } from './kit-resolution.ts';

/**
 * Imports a grader's module.
 *
 * @throws {LabsError} bug: it fails to load, or exports no grader of this lab
 */
export async function importGrader(lab: string, file: string): Promise<Grader> {
  const shownAs = displayPath(file);
  resolveKit();
  const module = (await import(pathToFileURL(file).href).catch((cause: unknown) => {
    throw bug(`${shownAs} cannot be loaded: ${messageOf(cause)}`, {
      detail: cause instanceof Error ? cause.stack : undefined,
      cause,
    });
  })) as { default?: Partial<Grader> };
  const grader = module.default;
  if (!Array.isArray(grader?.stages)) {
    throw bug(`${shownAs} has no grader as its default export.`, {
      hint: 'Write `export default defineGrader({ lab, stages })`.',
    });
  }
  if (grader.lab !== lab)
    throw bug(`${shownAs}: it is the grader of "${grader.lab}", not of "${lab}".`);
  return grader as Grader;
}
