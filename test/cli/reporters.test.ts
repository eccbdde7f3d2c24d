import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import comparisonSchema from '../../schemas/comparison.schema.json' with { type: 'json' };
import reportSchema from '../../schemas/report.schema.json' with { type: 'json' };
import type { RunEvent } from '../../src/core/event.ts';
import type { Report } from '../../src/core/report.ts';
import { scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { CLASS, NOTES } from '../support/packs.ts';
import { elementsOf } from '../support/xml.ts';
import { CLASSROOM50, decoded } from '../unit/reporters/formats.ts';

const place = scratch('reporters');
const at = (...names: string[]) => path.join(place.path, ...names);
const read = (...names: string[]) => readFileSync(at(...names), 'utf8');
afterAll(() => place.remove());

const run = (args: string[], env: Record<string, string> = {}) =>
  spawnLabs(args, { cwd: at('work'), runs: at('runs'), env, source: true }).ended;

const ajv = new Ajv({ strictTypes: false, strictRequired: false, validateFormats: false });
const conforms = ajv.addSchema(reportSchema).compile(comparisonSchema);

/** The fault of the pack's mutant: the class's withheld check fails. */
const SHOWS_ALL = ['found === undefined || found.owner !== owner', 'found === undefined'] as const;
const SECRET = /seventh-seal|grace/;

beforeAll(() => {
  mkdirSync(at('work'));
  cpSync(path.join(NOTES, 'test/solutions/notes/javascript'), at('work'), { recursive: true });
  const app = read('work/server.js');
  writeFileSync(at('work/server.js'), app.replace(...SHOWS_ALL));
});

const FILES = {
  pretty: 'pretty.txt',
  html: 'page.html',
  json: 'report.json',
  ndjson: 'events.ndjson',
  junit: 'junit.xml',
  markdown: 'report.md',
  ctrf: 'ctrf.json',
  check50: 'check50.json',
  'github-classroom': 'classroom.txt',
  classroom50: 'result.json',
  gradescope: 'gradescope.json',
  prairielearn: 'prairielearn.json',
};

describe('a run in all formats at once', () => {
  let ended: Awaited<ReturnType<typeof run>>;
  let report: Report;
  const json = (name: keyof typeof FILES) => JSON.parse(read('out', FILES[name]));

  beforeAll(async () => {
    const asked = Object.entries(FILES).map(([name, file]) => `--reporter=${name}=../out/${file}`);
    const packs = ['--pack', NOTES, '--pack', CLASS];
    ended = await run(
      ['grade', '--trust', '--runtime=process', ...packs, '--reporter=github', ...asked],
      { ...CLASSROOM50, GITHUB_OUTPUT: at('output'), GITHUB_STEP_SUMMARY: at('summary') },
    );
    report = json('json');
  });

  it('writes every file, and leaves nothing beside them', () => {
    expect(ended.output).toContain('::error title=A note is for its owner::');
    expect(ended.code).toBe(1);
    expect(readdirSync(at('out')).sort()).toEqual(Object.values(FILES).sort());
    expect(report.score).toEqual({ earned: 5, max: 10, percent: 50 });
  });

  it('is of one mind on the score', () => {
    expect(read('output')).toBe('score=5\nmax-score=10\npassed=false\noutcome=failed\n');
    expect(read('summary')).toBe(read('out/report.md'));
    expect(read('summary')).toContain('**5/10**');
    expect(read('out/pretty.txt')).toContain('5/10');
    expect(json('gradescope')).toMatchObject({ score: 5 });
    expect(json('prairielearn')).toMatchObject({ gradable: true, score: 0.5 });
    expect(json('classroom50')).toMatchObject({ score: 5, 'max-score': 10, owner: 'ada' });
    expect(json('ctrf').results.summary).toMatchObject({ tests: 3, passed: 2, failed: 1 });
    const passed = json('check50').results.map((result: { passed: unknown }) => result.passed);
    expect(passed).toEqual([true, true, false]);
    const classroom = JSON.parse(decoded(read('out/classroom.txt')));
    expect(classroom).toMatchObject({ status: 'fail', max_score: 10 });
    const [suites] = elementsOf(read('out/junit.xml'));
    expect(suites?.attributes).toMatchObject({ tests: '3', failures: '1', errors: '0' });
  });

  it('streams what happened, and ends with the report', () => {
    const events: RunEvent[] = read('out/events.ndjson')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]?.type).toBe('run:started');
    expect(events.filter(({ type }) => type === 'check:finished')).toHaveLength(3);
    expect(events.at(-1)).toEqual({ type: 'run:finished', report });
  });

  it('keeps in every one what the pack withholds', () => {
    for (const file of Object.values(FILES)) expect(read('out', file), file).not.toMatch(SECRET);
    expect(decoded(read('out/classroom.txt'))).not.toMatch(SECRET);
    expect(`${ended.output}${read('output')}${read('summary')}`).not.toMatch(SECRET);
  });

  it('is the same made from the stored report', async () => {
    const names = Object.keys(FILES).filter((name) => name !== 'ndjson' && name !== 'pretty');
    const fileOf = (name: string) => FILES[name as keyof typeof FILES];
    const again = names.map((name) => `--reporter=${name}=../again/${fileOf(name)}`);
    const { code, output } = await run(['report', '../out/report.json', ...again], CLASSROOM50);
    expect({ code, output }).toEqual({ code: 0, output: 'Wrote ../again/page.html\n' });
    for (const name of names)
      expect(read('again', fileOf(name)), name).toBe(read('out', fileOf(name)));
  });

  it('is equal to itself, and not to one that has been better', async () => {
    const compare = (b: string, ...args: string[]) =>
      run(['compare', '../out/report.json', b, ...args]);
    const same = await compare('../out/report.json');
    expect(same).toMatchObject({ code: 0 });
    expect(same.output).toContain('3 checks agree. All verdicts are the same.');
    const [one, two, three] = report.checks;
    const { failure: _, ...passed } = { ...three!, verdict: 'passed' as const, earned: 5 };
    const better: Report = {
      ...report,
      outcome: 'passed',
      score: { earned: 10, max: 10, percent: 100 },
      checks: [one!, two!, passed],
      fingerprint: { ...report.fingerprint, seed: 'another', labDigest: 'changed' },
    };
    writeFileSync(at('better.json'), JSON.stringify(better));
    const { code, output } = await compare('../better.json');
    expect(code).toBe(1);
    expect(output).toMatch(/^notes: a failed, 5 of 10; b passed, 10 of 10\n/);
    expect(output).toMatch(/keeps-secrets +failed +passed +0\/5 → 5\/5 +A note is for its owner/);
    expect(output).toMatch(/seed +\w+ +another/);
    expect(output).toContain('Not the same exam');
    const asJson = await compare('../better.json', '--json');
    expect(conforms(JSON.parse(asJson.output)), JSON.stringify(conforms.errors)).toBe(true);
    expect(JSON.parse(asJson.output)).toMatchObject({
      format: 'labs/comparison/v1',
      same: false,
      sameExam: false,
      agree: 2,
      checks: [{ id: 'keeps-secrets', a: { verdict: 'failed' }, b: { verdict: 'passed' } }],
    });
  });
});

describe('a file of events', () => {
  const grade = (file: string) =>
    run(['grade', '--trust', '--runtime=process', '--pack', NOTES, `--reporter=ndjson=${file}`]);

  it('takes the place of a link, and has the first lines of a flood', async () => {
    const app = read('work/server.js');
    writeFileSync(at('work/server.js'), `console.log('x\\n'.repeat(9_999));\n${app}`);
    writeFileSync(at('victim'), 'not yours');
    symlinkSync(at('victim'), at('work/events.ndjson'));
    const { code } = await grade('events.ndjson');
    writeFileSync(at('work/server.js'), app);
    const events: RunEvent[] = read('work/events.ndjson')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    rmSync(at('work/events.ndjson'));
    expect(code).toBe(0);
    expect(read('victim')).toBe('not yours');
    expect(events.filter(({ type }) => type === 'log')).toHaveLength(2_000);
    expect(events.at(-1)?.type).toBe('run:finished');
    const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    expect(notes).toContainEqual(
      expect.stringMatching(/^lines of web\.1 that are left out: 8,\d+$/),
    );
  });

  it('costs no grade where it cannot be written', async () => {
    const { code, output } = await grade('server.js/x/events.ndjson');
    expect(code).toBe(0);
    expect(output).toMatch(
      /The ndjson reporter failed and is left out: ENOTDIR.*The grade stands\./,
    );
  });
});

describe('what is on by itself', () => {
  const grade = (env: Record<string, string>, ...args: string[]) =>
    run(['grade', '--trust', '--runtime=process', '--pack', NOTES, ...args], env);

  it('in GitHub Actions: annotations, summary and outputs, with commands off for the rest', async () => {
    for (const file of ['output', 'summary']) rmSync(at(file), { force: true });
    const { output } = await grade({
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: at('output'),
      GITHUB_STEP_SUMMARY: at('summary'),
    });
    expect(output).toContain(
      'Also reporting as github (GitHub Actions); --no-auto-reporter stops that.',
    );
    expect(read('output')).toContain('score=2\n');
    expect(read('summary')).toContain('Passed: 2 of 2 points');
    const token = output.match(/^::stop-commands::([0-9a-f]{32})$/m)?.[1];
    expect(token).toBeDefined();
    expect(output.indexOf(`::${token}::\n`)).toBeLessThan(output.indexOf('::notice title='));
  });

  it('in GitLab CI: JUnit beside what was asked for', async () => {
    const { output } = await grade({ GITLAB_CI: 'true' });
    expect(output).toContain('Also reporting as junit=labs-junit.xml (GitLab CI)');
    expect(output).toContain('2/2');
    expect(elementsOf(read('work/labs-junit.xml'))[0]?.name).toBe('testsuites');
    rmSync(at('work/labs-junit.xml'));
  });

  it('not where nobody wants it, nor twice', async () => {
    const none = await grade({ GITHUB_ACTIONS: 'true' }, '--no-auto-reporter');
    expect(none.output).not.toMatch(/Also reporting|::notice/);
    const twice = await grade({ GITLAB_CI: 'true' }, '--reporter=junit=../own.xml');
    expect(twice.output).not.toContain('Also reporting');
    expect(readdirSync(at('work'))).not.toContain('labs-junit.xml');
  });

  it('leaves a document on standard output whole', async () => {
    const { child, ended } = spawnLabs(
      ['grade', '--trust', '--runtime=process', '--pack', NOTES, '--reporter=json'],
      { cwd: at('work'), runs: at('runs'), env: { GITHUB_ACTIONS: 'true' }, source: true },
    );
    let stdout = '';
    child.stdout!.on('data', (text: string) => {
      stdout += text;
    });
    await ended;
    expect(JSON.parse(stdout)).toMatchObject({ format: 'labs/report/v1', outcome: 'passed' });
  });
});
