import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { processesBelow } from '../support/leftovers.ts';
import { LETTERS } from '../support/packs.ts';

const place = scratch('background');
const at = (...names: string[]) => path.join(place.path, ...names);

beforeAll(() => {
  cpSync(LETTERS, at('pack'), { recursive: true });
  cpSync(path.join(LETTERS, 'test/solutions/letters/javascript'), at('work'), { recursive: true });
});
afterAll(() => place.remove());

/** Grades a right app with checks that are given as the bodies of their functions. */
async function grade(checks: Readonly<Record<string, string>>) {
  const texts = Object.entries(checks).map(
    ([id, body]) => `{
      id: '${id}', title: '${id}', points: 1, hint: 'None.',
      reference: { title: 'RFC 9110', url: 'https://www.rfc-editor.org/rfc/rfc9110.html' },
      run: async ({ http }) => { ${body} },
    }`,
  );
  writeFileSync(
    at('pack/graders/letters/index.ts'),
    `import { defineGrader, defineStage, eventually, expect } from 'backend-labs/kit';
    const all = defineStage({ id: 'all', title: 'All', world: 'shared', checks: [${texts}] });
    export default defineGrader({ lab: 'letters', stages: [all] });`,
  );
  const args = ['grade', '--pack', at('pack'), '--trust', '--runtime=process'];
  const { code, output } = await spawnLabs(
    [...args, '--reporter=pretty', `--reporter=json=${at('report.json')}`],
    { cwd: at('work'), runs: at('runs'), source: true },
  ).ended;
  return { code, output };
}

const report = (): Report => JSON.parse(readFileSync(at('report.json'), 'utf8'));
const verdicts = () => Object.fromEntries(report().checks.map(({ id, verdict }) => [id, verdict]));

describe('what a check begins and does not wait for', () => {
  it('costs the check that began it, not the grade', async () => {
    const { code, output } = await grade({
      waits: `expect(await http.get('/healthz')).toHaveStatus(200);`,
      'fails-unawaited': `
        let over = false;
        const look = async () => {
          try {
            expect(await http.post('/letters', { json: { text: '' }, note: 'unawaited' })).toHaveStatus(200);
          } finally {
            over = true;
          }
        };
        void look();
        await eventually(async () => expect(over, 'its end').toBe(true), { withinMs: 5_000 });`,
      'throws-meanwhile': `
        const sent = http.get('/healthz');
        expect('this', 'something else').toBe('that');
        await sent;`,
      'fails-by-itself': `
        void Promise.reject(new TypeError('a slip of the grader'));`,
      'waits-late': `
        const sent = (async () => expect(await http.get('/healthz')).toHaveStatus(404))();
        for (let i = 0; i < 20; i += 1) await http.get('/healthz');
        await sent.catch(() => {});`,
    });
    expect(verdicts(), output).toEqual({
      waits: 'passed',
      'fails-unawaited': 'failed',
      'throws-meanwhile': 'failed',
      'fails-by-itself': 'errored',
      'waits-late': 'passed',
    });
    const [, unawaited, meanwhile, own] = report().checks;
    expect(unawaited!.failure!.action).toBe('POST /letters (unawaited)');
    expect(meanwhile!.failure!.expected).toContain('that');
    expect(own!.error!.message).toBe('a slip of the grader');
    expect(code).toBe(4);
  });
});

describe.runIf(process.platform === 'linux')('a fault outside of all checks', () => {
  it('is told, takes everything down and ends labs with 4', async () => {
    const { code, output } = await grade({
      late: `
        setTimeout(() => { throw new Error('a slip of nobody'); }, 0);
        await new Promise(() => {});`,
    });
    expect(output).toMatch(/labs has a bug: a slip of nobody[\s\S]*Interrupted/);
    expect(code).toBe(4);
    expect(existsSync(at('runs')) ? readdirSync(at('runs')) : []).toEqual([]);
    expect(processesBelow(at('runs'), at('work'))).toEqual([]);
  });
});
