import type { Evidence, Failure } from '../core/failure.ts';
import type { LogLine } from '../core/log.ts';
import { LogRecord } from '../core/log-record.ts';
import { type CheckResult, REPORT_FORMAT, type Report, type StepTiming } from '../core/report.ts';
import { outcomeOf, scoreOf } from '../core/score.ts';
import type { GradeRequest } from './request.ts';
import { isWithheld } from './withheld.ts';
import type { World } from './world/world.ts';

export interface RunResult {
  checks: readonly CheckResult[];
  worlds: readonly World[];
  services: Record<string, string>;
  startup?: Failure;
  /** What only the end of the run could tell. */
  notes: readonly string[];
  steps: readonly StepTiming[];
  durationMs: number;
}

/** The record of a run that came to its end. */
export function assembleReport(request: GradeRequest, result: RunResult): Report {
  const { lab, target } = request;
  const { manifest } = lab;
  const open = openWorlds(request, result.worlds);
  const checks = result.checks.map((check) => withLog(check, worldOf(check, request, open)));
  return {
    format: REPORT_FORMAT,
    lab: { id: manifest.id, title: manifest.title, passingScore: manifest.passingScore },
    submission: target.kind === 'url' ? { url: target.url } : { path: target.submission.directory },
    startedAt: new Date(Date.now() - result.durationMs).toISOString(),
    durationMs: result.durationMs,
    outcome: outcomeOf(checks, manifest.passingScore),
    score: scoreOf(checks),
    ...(result.startup !== undefined && { startup: result.startup }),
    stages: lab.stages,
    checks,
    steps: [...result.steps].sort((a, b) => a.startedAt - b.startedAt),
    notes: [...request.notes, ...result.notes],
    fingerprint: {
      labs: request.version,
      lab: manifest.id,
      labDigest: lab.digest,
      ...(lab.parts.length > 0 && { packs: lab.parts }),
      seed: request.seed,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      provider: target.kind === 'url' ? 'none' : target.provider.kind,
      runtime: target.kind === 'url' ? 'none' : target.runtime.kind,
      services: result.services,
    },
    log: mergedLog(open),
  };
}

/** Those whose log may be shown. */
function openWorlds({ lab }: GradeRequest, worlds: readonly World[]): World[] {
  const withheld = lab.grader.stages.filter(isWithheld).map(({ id }) => id);
  return worlds.filter(({ id }) => !withheld.includes(id));
}

function worldOf(
  check: CheckResult,
  request: GradeRequest,
  worlds: readonly World[],
): World | undefined {
  const stage = request.lab.grader.stages.find(({ id }) => id === check.stage);
  const id = stage?.world === 'own' ? stage.id : 'shared';
  return worlds.find((world) => world.id === id);
}

const LINES_OF_A_MOMENT = 12;
/** Lines reach us through a pipe, a little after what they speak of. */
const MARGIN_MS = 150;

/** Adds what the app wrote while the request that shows the failure was under way. */
function withLog(check: CheckResult, world: World | undefined): CheckResult {
  const { failure } = check;
  if (failure === undefined || world === undefined) return check;
  if (failure.evidence.some(({ kind }) => kind === 'log')) return check;
  const exchanges = failure.evidence.flatMap((e) => (e.kind === 'exchange' ? [e.exchange] : []));
  const from = Math.min(...exchanges.map((e) => e.startedAt), Infinity);
  const start = Number.isFinite(from) ? from : (check.startedAt ?? 0);
  const end =
    exchanges.length > 0
      ? Math.max(...exchanges.map((e) => e.startedAt + e.durationMs))
      : start + check.durationMs;
  const lines = world.log.lines
    .filter((line) => line.at >= start - 5 && line.at <= end + MARGIN_MS)
    .slice(-LINES_OF_A_MOMENT);
  if (lines.length === 0) return check;
  const log: Evidence = { kind: 'log', source: lines[0]!.source, lines };
  return { ...check, failure: { ...failure, evidence: [...failure.evidence, log] } };
}

function mergedLog(worlds: readonly World[]): { lines: LogLine[]; dropped: number } {
  const merged = new LogRecord();
  const lines = worlds.flatMap((world) =>
    world.log.lines.map((line) =>
      world.id === 'shared' ? line : { ...line, source: `${world.id}/${line.source}` },
    ),
  );
  for (const line of lines.sort((a, b) => a.at - b.at)) merged.add(line);
  const dropped = worlds.reduce((total, world) => total + world.log.dropped, merged.dropped);
  return { lines: [...merged.lines], dropped };
}
