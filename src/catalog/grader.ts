import type { CheckInfo, StageInfo } from '../core/check.ts';
import { bug } from '../core/errors.ts';
import type { GraderFiles, LabEntry } from '../core/lab.ts';
import { type Grader, infoOf, type Stage } from '../kit/grader.ts';
import type { LoadOptions } from './catalog.ts';
import { displayPath } from './display-path.ts';
import { faultsOfGrader } from './grader-faults.ts';
import { type GraderPart, mergeGraders } from './grader-merge.ts';
import { importGrader } from './grader-module.ts';

export interface LoadedGrader {
  grader: Grader;
  stages: readonly StageInfo[];
  checks: readonly CheckInfo[];
  /** Ids of the checks that came from these files. */
  checksOf(files: GraderFiles): string[];
}

/**
 * Reads a lab's grader and what is added to it, and holds the whole to its rules.
 *
 * @throws {LabsError} bug: there is none, it fails to load, or breaks a rule
 */
export async function loadGrader(
  { manifest, paths, additions }: LabEntry,
  { reveal = false }: LoadOptions = {},
): Promise<LoadedGrader> {
  const sources = [paths.grader, ...additions.map(({ grader }) => grader)];
  const parts = await Promise.all(sources.map((files) => partsOf(manifest.id, files)));
  if (parts[0]?.length === 0) {
    const wanted = `graders/${manifest.id}`;
    throw bug(
      `The lab ${manifest.id} has no grader: its pack has neither ${wanted}/index.ts nor ${wanted}/checks.yaml.`,
    );
  }
  const merged = mergeGraders(manifest.id, parts.flat());
  const grader = reveal ? revealed(merged) : merged;
  const checks = grader.stages.flatMap((stage) =>
    stage.checks.map((check) => infoOf(stage, check)),
  );
  const [first, ...others] = faultsOfGrader(merged, checks, Object.keys(manifest.processes));
  if (first !== undefined) {
    const files = parts.flat().map(({ file }) => displayPath(file));
    throw bug(`${files.join(', ')}: ${first}.`, {
      detail: others.length > 0 ? others.join('\n') : undefined,
    });
  }
  return {
    grader,
    stages: grader.stages.map(({ id, title }) => ({ id, title })),
    checks,
    checksOf: (files) => parts[sources.indexOf(files)]?.flatMap(idsOf) ?? [],
  };
}

async function partsOf(lab: string, { code, checks }: GraderFiles): Promise<GraderPart[]> {
  const parts = [
    ...(code === undefined
      ? []
      : [importGrader(lab, code).then((grader) => ({ file: code, grader }))]),
    ...(checks === undefined ? [] : [partInYaml(lab, checks, code)]),
  ];
  return Promise.all(parts);
}

async function partInYaml(
  lab: string,
  file: string,
  code: string | undefined,
): Promise<GraderPart> {
  const { readChecks } = await import('./checks/read.ts');
  return { file, grader: await readChecks(lab, file), before: code };
}

function idsOf({ grader }: GraderPart): string[] {
  return grader.stages.flatMap(({ checks }) => checks.map(({ id }) => id));
}

function revealed(grader: Grader): Grader {
  const open = ({ details: _, ...stage }: Stage) => stage as Stage;
  return { ...grader, stages: grader.stages.map(open) };
}
