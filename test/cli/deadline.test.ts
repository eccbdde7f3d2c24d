import { appendFileSync, cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { LETTERS } from '../support/packs.ts';

const place = scratch('deadline');
const at = (...names: string[]) => path.join(place.path, ...names);

/** A build that takes longer than the checks may. */
const BUILD = "build: [node, -e, 'setTimeout(() => {}, 4_000)']\n";

beforeAll(() => {
  cpSync(LETTERS, at('pack'), { recursive: true });
  cpSync(path.join(LETTERS, 'test/solutions/letters/javascript'), at('work'), { recursive: true });
  appendFileSync(at('pack/labs/letters/lab.yaml'), 'deadlines: { run: 3 }\n');
  appendFileSync(at('work/labs.yaml'), BUILD);
});
afterAll(() => place.remove());

it('a build takes nothing of the time that the checks have', async () => {
  const args = ['grade', '--pack', at('pack'), '--trust', '--runtime=process', '--reporter=pretty'];
  const { code, output } = await spawnLabs(
    [...args, '--only', 'passes-letters-on', `--reporter=json=${at('report.json')}`],
    { cwd: at('work'), runs: at('runs'), source: true },
  ).ended;
  const report: Report = JSON.parse(readFileSync(at('report.json'), 'utf8'));
  const tried = report.checks.filter(({ skipped }) => skipped !== 'not asked for');
  expect(tried, output).toMatchObject([{ id: 'passes-letters-on', verdict: 'passed' }]);
  expect(code).toBe(0);
});
