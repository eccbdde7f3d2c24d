import { describe, expect, it } from 'vitest';
import type { Evidence, Failure } from '../../../src/core/failure.ts';
import type { CheckResult } from '../../../src/core/report.ts';
import { assembleReport } from '../../../src/grading/report.ts';
import type { GradeRequest } from '../../../src/grading/request.ts';
import { check, fakeLab, fakeWorld, own, shared } from './fakes.ts';

const stages = [shared(check('a'), check('b')), own('w', check('c'))];

const request: GradeRequest = {
  lab: fakeLab(stages),
  target: { kind: 'url', url: 'http://127.0.0.1:3000' },
  seed: 'seed',
  worlds: 2,
  notes: ['a note'],
  version: '1.2.3',
};

/** A request from `startedAt` that took 100 ms. */
function failing(startedAt: number, evidence: Evidence[] = []): Failure {
  const exchange = {
    id: 1,
    method: 'GET',
    url: 'http://127.0.0.1:1/',
    requestHeaders: [],
    startedAt,
    durationMs: 100,
    violations: [],
  };
  return {
    action: 'GET /',
    expected: 'x',
    actual: 'y',
    evidence: [{ kind: 'exchange', exchange }, ...evidence],
  };
}

function result(id: string, stage: string, more: Partial<CheckResult> = {}): CheckResult {
  const { title, points, hint, reference } = check(id);
  const info = { id, title, points, hint, reference, stage, needs: [] };
  return { ...info, verdict: 'passed', earned: 1, gradable: true, durationMs: 5, ...more };
}

const assemble = (checks: CheckResult[], worlds: ReturnType<typeof fakeWorld>[] = []) =>
  assembleReport(request, {
    notes: [],
    checks,
    worlds,
    services: { postgres: 'PostgreSQL 18.4' },
    steps: [
      { id: 'late', title: 'Late', startedAt: 9, durationMs: 1 },
      { id: 'early', title: 'Early', startedAt: 1, durationMs: 1 },
    ],
    durationMs: 1_234,
  });

function write(world: ReturnType<typeof fakeWorld>, ...ats: number[]) {
  for (const at of ats)
    world.log.add({ at, source: 'web.1', stream: 'stdout', text: `line at ${at}` });
}

const logOf = (check: CheckResult | undefined) =>
  check?.failure?.evidence.flatMap((e) => (e.kind === 'log' ? e.lines.map((l) => l.text) : []));

describe('the report', () => {
  it('says what makes two runs the same exam', () => {
    expect(assemble([result('a', 'shared-stage')]).fingerprint).toEqual({
      labs: '1.2.3',
      lab: 'fake',
      labDigest: 'd1935',
      seed: 'seed',
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      provider: 'none',
      runtime: 'none',
      services: { postgres: 'PostgreSQL 18.4' },
    });
  });

  it('has score, outcome, notes, and the steps in the order of their beginning', () => {
    const report = assemble([
      result('a', 'shared-stage'),
      result('b', 'shared-stage', { verdict: 'failed', earned: 0 }),
      result('c', 'w', { verdict: 'skipped', earned: 0, gradable: false }),
    ]);
    expect(report).toMatchObject({
      outcome: 'failed',
      score: { earned: 1, max: 2, percent: 50 },
      notes: ['a note'],
      submission: { url: 'http://127.0.0.1:3000' },
      durationMs: 1_234,
    });
    expect(report.steps.map(({ id }) => id)).toEqual(['early', 'late']);
    expect(Date.now() - Date.parse(report.startedAt)).toBeGreaterThanOrEqual(1_234);
  });

  it('is incomplete where a check errored', () => {
    const error = { kind: 'bug' as const, message: 'ours' };
    const report = assemble([
      result('a', 'shared-stage'),
      result('b', 'shared-stage', { verdict: 'errored', earned: 0, error }),
    ]);
    expect(report.outcome).toBe('incomplete');
  });

  it('shows with a failure what the app wrote during the request that shows it', () => {
    const world = fakeWorld();
    write(world, 900, 1_000, 1_050, 1_200, 1_300);
    const failure = failing(1_000);
    const failed = result('a', 'shared-stage', { verdict: 'failed', earned: 0, failure });
    const { checks } = assemble([failed, result('b', 'shared-stage')], [world]);
    expect(logOf(checks[0])).toEqual(['line at 1000', 'line at 1050', 'line at 1200']);
    expect(checks[1]!.failure).toBeUndefined();
  });

  it('shows the last twelve lines of that moment, from the check’s own world', () => {
    const [sharedWorld, world] = [fakeWorld(), fakeWorld('w')];
    write(sharedWorld, 1_001);
    write(world, ...Array.from({ length: 20 }, (_, i) => 1_010 + i));
    const failure = failing(1_000);
    const failed = result('c', 'w', { verdict: 'failed', earned: 0, failure });
    const { checks } = assemble([failed], [sharedWorld, world]);
    expect(logOf(checks[0])).toHaveLength(12);
    expect(logOf(checks[0])?.at(-1)).toBe('line at 1029');
  });

  it('shows no other log with a failure that has one', () => {
    const world = fakeWorld();
    write(world, 1_000);
    const lines = [{ at: 1, source: 'web.1', stream: 'stderr' as const, text: 'the reason' }];
    const failure = failing(1_000, [{ kind: 'log', source: 'web.1', lines }]);
    const failed = result('a', 'shared-stage', { verdict: 'failed', earned: 0, failure });
    expect(logOf(assemble([failed], [world]).checks[0])).toEqual(['the reason']);
  });

  it('merges the logs of all worlds by time, and says of which an own one is', () => {
    const [one, two] = [fakeWorld(), fakeWorld('w')];
    write(one, 1, 3);
    write(two, 2);
    const { log } = assemble([result('a', 'shared-stage')], [one, two]);
    expect(log.lines.map(({ source, at }) => `${source} ${at}`)).toEqual([
      'web.1 1',
      'w/web.1 2',
      'web.1 3',
    ]);
    expect(log.dropped).toBe(0);
  });
});
