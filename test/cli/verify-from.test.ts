import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { RESULTS_FORMAT, type Results } from '../../src/authoring/results.ts';
import { labs, scratch } from '../support/cli.ts';
import { labResults, mutant, result, resultsOf, SAMPLE } from '../unit/authoring/results.ts';

const place = scratch('verify-from');
const at = (name: string) => path.join(place.path, name);
afterAll(() => place.remove());

const show = (record: unknown, ...args: string[]) => {
  writeFileSync(at('results.json'), JSON.stringify(record));
  return labs(['verify', '--from', 'results.json', ...args], { cwd: place.path, runs: at('runs') });
};

const CHECKS = ['keeps-notes', 'answers-404', 'keeps-secrets', 'never-fails'];
const verdicts = (failed?: string) =>
  Object.fromEntries(CHECKS.map((id) => [id, id === failed ? 'failed' : 'passed'] as const));
const PROVED = labResults([
  result('solution', 'javascript', verdicts()),
  ...CHECKS.map((id) => mutant(`breaks-${id}`, [id], verdicts(id))),
]);

describe('labs verify --from', () => {
  it('ends as the recorded run did', async () => {
    expect((await show(resultsOf([PROVED]))).code).toBe(0);
    expect((await show(resultsOf([SAMPLE]))).code).toBe(1);
  });

  it.each([[[PROVED]], [[]]])('shows what there is of an interrupted one', async (graded) => {
    const record = resultsOf(graded, { interrupted: true });
    const { code, stdout, stderr } = await show(record, '--matrix', 'part.md');
    expect(stdout).toContain('0 failed, 0 skipped (interrupted: this is what had been graded)');
    expect(readFileSync(at('part.md'), 'utf8')).toContain('Interrupted');
    expect(stderr).toContain('Interrupted.');
    expect(code).toBe(130);
  });

  it('knows of type errors', async () => {
    const { code, stdout } = await show(resultsOf([PROVED], { mistyped: ['./class'] }));
    expect(stdout).toContain('The graders of ./class have type errors.');
    expect(code).toBe(1);
  });

  it('reads a record of before type errors were in it', async () => {
    const { mistyped: _, ...older } = resultsOf([PROVED]);
    expect((await show(older)).code).toBe(0);
  });

  describe('refuses, with the place,', () => {
    let broken: { labs: [Record<string, unknown> & { results: Record<string, unknown>[] }] };
    beforeEach(() => {
      broken = JSON.parse(JSON.stringify(resultsOf([PROVED])));
    });
    const refused = async (record: unknown, problem: string) => {
      const { code, stderr } = await show(record);
      expect(stderr).toContain('results.json is not as results of `labs verify` must be:');
      expect(stderr).toContain(problem);
      expect(code).toBe(2);
    };

    it('a record without what it needs', async () => {
      const { version, startedAt, durationMs, interrupted }: Results = resultsOf([]);
      await refused({ format: RESULTS_FORMAT, labs: [{}] }, '"version" is missing');
      const head = { format: RESULTS_FORMAT, version, startedAt, durationMs, interrupted };
      await refused({ ...head, labs: [{}] }, '/labs/0: "id" is missing');
    });

    it('a lab that is none', async () => {
      broken.labs[0]['stages'] = 'basics';
      await refused(broken, '/labs/0/stages: expected an array, got "basics"');
    });

    it('a grade that is none', async () => {
      broken.labs[0].results[1]!['checks'] = [{ id: 'keeps-notes', verdict: 'good' }];
      await refused(broken, '/labs/0/results/1/checks/0/verdict');
    });
  });
});
