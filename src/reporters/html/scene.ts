import type { Exchange } from '../../core/exchange.ts';
import type { LogLine } from '../../core/log.ts';
import type { CheckResult, Report } from '../../core/report.ts';
import type { Incident } from '../../core/timeline.ts';
import { exchangesIn } from './evidence.ts';

/** All that is known of what went on during a check. Times are milliseconds since the run began. */
export interface Scene {
  /** Unique in the page. */
  id: string;
  startedAt: number;
  /** At least 1. */
  durationMs: number;
  exchanges: readonly Exchange[];
  /** How many of its requests would stand between these and the next ones. */
  leftOut: { after: number; exchanges: number; incidents: number };
  incidents: readonly Incident[];
  log: readonly LogLine[];
  /** Lines of that time before the ones that are here. */
  earlierLines: number;
  /** Other checks used the app at that time, so it may speak of their requests too. */
  shared: boolean;
}

/** Of a time line, those before the gap: see `report.schema.json`. */
const BEFORE_THE_GAP = 20;
const MAX_LINES = 120;
/** Lines reach us through a pipe, a little after what they speak of. */
const MARGIN_MS = 150;

/** Undefined where the check sent and broke nothing, or its details are withheld. */
export function sceneOf(check: CheckResult, report: Report): Scene | undefined {
  const { timeline, failure } = check;
  const exchanges = timeline?.exchanges ?? (failure === undefined ? [] : exchangesIn(failure));
  const incidents = timeline?.incidents ?? [];
  const all = [...exchanges, ...incidents];
  if (all.length === 0) return undefined;
  const begin = Math.min(check.startedAt ?? Infinity, ...all.map(({ startedAt }) => startedAt));
  const end = Math.max(
    (check.startedAt ?? begin) + check.durationMs,
    ...all.map(({ startedAt, durationMs = 0 }) => startedAt + durationMs),
  );
  const own = report.steps.some(({ id }) => id === `world.${check.stage}`);
  const lines = linesOf(report, own ? check.stage : undefined).filter(
    ({ at }) => at >= begin - 5 && at <= end + MARGIN_MS,
  );
  return {
    id: check.id,
    startedAt: begin,
    durationMs: Math.max(1, end - begin),
    exchanges,
    leftOut: {
      after: BEFORE_THE_GAP,
      exchanges: timeline?.exchangesLeftOut ?? 0,
      incidents: timeline?.incidentsLeftOut ?? 0,
    },
    incidents,
    log: lines.slice(-MAX_LINES),
    earlierLines: Math.max(0, lines.length - MAX_LINES),
    shared: !own,
  };
}

/** The log of one world: that of a stage's own names the stage with the process. */
function linesOf({ log }: Report, stage: string | undefined): LogLine[] {
  if (stage === undefined) return log.lines.filter(({ source }) => !source.includes('/'));
  const prefix = `${stage}/`;
  return log.lines
    .filter(({ source }) => source.startsWith(prefix))
    .map((line) => ({ ...line, source: line.source.slice(prefix.length) }));
}
