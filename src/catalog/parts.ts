import { BUILT_IN, type GraderFiles, type LabEntry, type PackPart } from '../core/lab.ts';
import { digestOfGrader } from './digest.ts';

/** What of a lab comes from packs that the user named: all of it, or additions. */
export async function partsOf(
  { origin, paths, additions }: LabEntry,
  digest: string,
  checksOf: (files: GraderFiles) => string[],
): Promise<PackPart[]> {
  const own =
    origin.pack === BUILT_IN ? [] : [{ ...origin, digest, checks: checksOf(paths.grader) }];
  const added = additions.map(async (addition) => ({
    ...addition.origin,
    digest: await digestOfGrader(addition.grader),
    checks: checksOf(addition.grader),
  }));
  return [...own, ...(await Promise.all(added))];
}
