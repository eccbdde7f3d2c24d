import path from 'node:path';
import { type Findings, findingsOf } from '../../authoring/findings.ts';
import { type LabResults, RESULTS_FORMAT, type Results } from '../../authoring/results.ts';
import { findLab, listLabs, type Pack } from '../../catalog/catalog.ts';
import { ExitCode, interrupted, usageError } from '../../core/errors.ts';
import { BUILT_IN, type LabEntry } from '../../core/lab.ts';
import { atomicFile } from '../../platform/atomic-file.ts';
import type { Host } from '../../platform/host.ts';
import { version } from '../../platform/version.ts';
import { openPacks } from '../packs/open.ts';
import { typeErrors } from '../packs/types.ts';
import { refuseForeignPacks } from '../packs/use.ts';
import { gradeSubjects } from '../verify/grade-subjects.ts';
import {
  type MatrixFile,
  matrixFilesOf,
  refuseBesideFrom,
  settingsOf,
  type VerifyCommandOptions,
} from '../verify/options.ts';
import { readResults } from '../verify/read-results.ts';
import { showFindings } from '../verify/show.ts';

export async function verifyCommand(options: VerifyCommandOptions, host: Host): Promise<number> {
  const matrices = matrixFilesOf(options);
  if (options.from !== undefined) {
    refuseBesideFrom(options);
    const results = await readResults(path.resolve(host.cwd, options.from), options.from);
    return conclude(onlyLabs(results, options.labs), matrices, host);
  }
  const settings = settingsOf(options);
  const packs = await openPacks(options.pack, host);
  await refuseForeignPacks(packs, false, host);
  const entries =
    options.labs.length === 0
      ? (await listLabs(packs, host.cwd)).filter((entry) => isConcerned(entry, packs))
      : await Promise.all(options.labs.map((id) => findLab(packs, id, { cwd: host.cwd })));
  const mistyped = await typeErrors(packs, host);
  const startedAt = new Date();
  const labs: LabResults[] = [];
  for (const entry of entries) {
    if (host.signal.aborted) break;
    try {
      labs.push(await gradeSubjects(entry, packs, settings, host));
    } catch (error) {
      // What the labs before it came to is told all the same.
      if (!host.signal.aborted) throw error;
    }
  }
  const results: Results = {
    format: RESULTS_FORMAT,
    version: version(host),
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    interrupted: host.signal.aborted,
    mistyped,
    labs,
  };
  if (options.json !== undefined)
    await atomicFile(path.resolve(host.cwd, options.json))(`${JSON.stringify(results)}\n`);
  return conclude(results, matrices, host);
}

/**
 * Tells what the results come to, and gives the exit code.
 * @throws {LabsError} interrupted: they are not all that there was to be
 */
async function conclude(
  results: Results,
  matrices: readonly MatrixFile[],
  host: Host,
): Promise<number> {
  const findings = results.labs.map(findingsOf);
  for (const each of findings) showFindings(each, host);
  await writeMatrices(results, findings, matrices, host);
  const all = results.labs.flatMap((lab) => lab.results);
  const wrong = findings.reduce((sum, each) => sum + each.wrong, 0);
  const idle = findings.reduce((sum, each) => sum + each.idle.length, 0);
  const { mistyped } = results;
  if (mistyped.length > 0)
    host.stdout.write(`\nThe graders of ${mistyped.join(', ')} have type errors.\n`);
  const partly = results.interrupted ? ' (interrupted: this is what had been graded)' : '';
  host.stdout.write(
    `\nverify: ${all.length - wrong} passed, ${wrong + idle} failed, 0 skipped${partly}\n`,
  );
  if (results.interrupted) throw interrupted();
  if (all.some(({ environment }) => environment)) return ExitCode.environment;
  return wrong + idle + mistyped.length === 0 ? ExitCode.passed : ExitCode.belowPassingScore;
}

async function writeMatrices(
  results: Results,
  findings: readonly Findings[],
  matrices: readonly MatrixFile[],
  { cwd }: Host,
): Promise<void> {
  for (const { file, format } of matrices) {
    const render =
      format === 'html'
        ? (await import('../../authoring/matrix/html/page.ts')).matrixHtml
        : (await import('../../authoring/matrix/markdown.ts')).matrixMarkdown;
    await atomicFile(path.resolve(cwd, file))(render(results, findings));
  }
}

/** Where packs are named, it is their labs, and those that they add checks to. */
function isConcerned({ origin, additions }: LabEntry, packs: readonly Pack[]): boolean {
  return packs.length === 1 || origin.pack !== BUILT_IN || additions.length > 0;
}

function onlyLabs(results: Results, ids: readonly string[]): Results {
  const unknown = ids.filter((id) => !results.labs.some((lab) => lab.id === id));
  if (unknown.length > 0)
    throw usageError(`The results have no lab ${unknown.join(', ')}.`, {
      hint: `They have: ${results.labs.map(({ id }) => id).join(', ')}.`,
    });
  if (ids.length === 0) return results;
  return { ...results, labs: results.labs.filter(({ id }) => ids.includes(id)) };
}
