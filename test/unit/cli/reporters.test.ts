import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { automaticReporters } from '../../../src/cli/reporters/automatic.ts';
import { withoutCommands, workflowConsole } from '../../../src/cli/reporters/workflow-console.ts';
import type { Output } from '../../../src/platform/host.ts';
import { labs, scratch } from '../../support/cli.ts';
import { runnerOf } from '../../support/runner.ts';
import { CLASSROOM50 } from '../reporters/formats.ts';
import { mixed, mixedIncomplete } from '../reporters/samples/mixed.ts';

const place = scratch('reporters-unit');
afterAll(() => place.remove());
const at = (...names: string[]) => path.join(place.path, ...names);
const run = (args: string[], env: Record<string, string> = {}) =>
  labs(args, { cwd: place.path, runs: at('runs'), env });

beforeAll(() => {
  writeFileSync(at('report.json'), JSON.stringify(mixed));
  writeFileSync(at('incomplete.json'), JSON.stringify(mixedIncomplete));
});

describe('a reporter that cannot be had', () => {
  test.each([
    [['--reporter=jnit'], 'there is no reporter "jnit"; did you mean "junit"?'],
    [['--reporter=toString'], 'there is no reporter "toString".'],
    [['--reporter=json='], 'expected a file after the "="'],
    [['--reporter=json', '--reporter=junit'], 'json and junit would both write to stdout'],
    [['--reporter=json', '--reporter=pretty'], 'json and pretty would both write to stdout'],
    [['--reporter=pretty', '--reporter=pretty'], '--reporter pretty: it is named twice.'],
    [['--reporter=github=x'], 'it takes no file'],
    [['--reporter=github-classroom'], 'GITHUB_ENV is not set'],
    [['--reporter=classroom50'], 'CLASSROOM, ASSIGNMENT, OWNER'],
    [['--reporter=ndjson'], 'a stored report has no events any more'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await run(['report', 'report.json', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('of Classroom 50 wants a tag of a submission', async () => {
    const env = { ...CLASSROOM50, SUBMISSION_TAG: 'v1' };
    const { code, stderr } = await run(['report', 'report.json', '--reporter=classroom50'], env);
    expect(code).toBe(2);
    expect(stderr).toContain('SUBMISSION_TAG is "v1", and must begin with "submit/".');
  });

  it('is said before anything is graded', async () => {
    const { code, stderr } = await run(['grade', '--reporter=jnit']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "junit"');
  });
});

describe('labs report', () => {
  it('shows the report as the grade did', async () => {
    const { code, stdout } = await run(['report', 'report.json']);
    expect(code).toBe(0);
    expect(stdout).toContain('Not passed  4/15 (26.6 %)');
  });

  it('says where nothing is written, since there is no grade', async () => {
    const args = ['report', 'incomplete.json', '--reporter=classroom50'];
    const { code, stdout, stderr } = await run(args, CLASSROOM50);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(
      /^There is no grade, and classroom50 .*result\.json was not written\.\n$/,
    );
  });

  it('hands the Classroom reporter its variable', async () => {
    const env = { GITHUB_ENV: at('env') };
    await run(['report', 'report.json', '--reporter=github-classroom'], env);
    expect(readFileSync(at('env'), 'utf8')).toMatch(/^LABS_RESULTS=[A-Za-z0-9+/=]+\n$/);
  });

  it('fails where a file cannot be written', async () => {
    mkdirSync(at('taken/in'), { recursive: true });
    const { code, stderr } = await run(['report', 'report.json', '--reporter=junit=taken']);
    expect(code).toBe(3);
    expect(stderr).toContain('The junit reporter failed');
  });

  test.each<[string, string, RegExp]>([
    ['nothing', '', /is not JSON: /],
    ['a list', '[]', /holds no report: its "format" is not "labs\/report\/v1"/],
    ['null', 'null', /holds no report/],
    ['a later format', '{"format":"labs/report/v9"}', /made for another labs: labs\/report\/v9/],
    ['too little', '{"format":"labs/report/v1"}', /the document: "lab" is missing\n/],
    [
      'another verdict',
      JSON.stringify({ ...mixed, outcome: 'ace', extra: 1 }),
      /the document: there is no "extra" in a report\n.*\/outcome: expected "passed", "failed" or "incomplete", got "ace"\n/,
    ],
  ])('refuses %s', async (_, text, message) => {
    writeFileSync(at('odd.json'), text);
    const { code, stderr, stdout } = await run(['report', 'odd.json']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/What to do: (Name a file that `labs grade --reporter|Update labs)/);
  });

  it('refuses a file that is not there', async () => {
    const { code, stderr } = await run(['report', 'none.json']);
    expect(code).toBe(2);
    expect(stderr).toContain('none.json cannot be read');
  });
});

describe('labs compare', () => {
  it('counts checks that only one has', async () => {
    const { code, stdout } = await run(['compare', 'report.json', 'incomplete.json']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^notes: a failed, 4 of 15; b incomplete\n/);
    expect(stdout).toMatch(/restarts +not there +errored +– → –\/3/);
    expect(stdout).toContain('5 checks agree.');
    expect(stdout).toContain('The same exam');
  });

  it('takes a pack of another version or commit for another exam', async () => {
    const part = { pack: './class', digest: 'd'.repeat(64), checks: ['keeps-notes'] };
    const write = (name: string, more: object) => {
      const fingerprint = { ...mixed.fingerprint, packs: [{ ...part, ...more }] };
      writeFileSync(at(name), JSON.stringify({ ...mixed, fingerprint }));
    };
    const commit = 'a'.repeat(40);
    write('a.json', { version: '1.0.0', commit });
    write('b.json', { version: '2.0.0', commit: 'b'.repeat(40) });
    write('c.json', { version: '1.0.0' });
    const { stdout } = await run(['compare', 'a.json', 'b.json']);
    expect(stdout).toMatch(/^packs\.\.\/class\.version +1\.0\.0 +2\.0\.0$/m);
    expect(stdout).toMatch(/^packs\.\.\/class\.commit +a{40} +b{40}$/m);
    expect(stdout).toContain('Not the same exam');
    const asJson = await run(['compare', 'a.json', 'c.json', '--json']);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      sameExam: false,
      fingerprint: [{ field: 'packs../class.commit', a: commit, b: null }],
    });
    expect((await run(['compare', 'a.json', 'a.json'])).stdout).toContain('The same exam');
  });

  it('refuses reports of two labs', async () => {
    const other = { ...mixed, lab: { ...mixed.lab, id: 'other' } };
    writeFileSync(at('other.json'), JSON.stringify(other));
    const { code, stderr } = await run(['compare', 'report.json', 'other.json']);
    expect(code).toBe(2);
    expect(stderr).toContain('report.json is of the lab notes, other.json of other.');
  });
});

describe('reporters that are on by themselves', () => {
  const names = async (env: Record<string, string>, directories: string[] = []) => {
    const found = await automaticReporters(env, async (directory) =>
      directories.includes(directory),
    );
    return found.map(({ name, file }) => (file === undefined ? name : `${name}=${file}`));
  };

  it('go by the place', async () => {
    expect(await names({})).toEqual([]);
    expect(await names({ CI: 'true', GITHUB_ACTIONS: 'false' })).toEqual([]);
    expect(await names({ GITHUB_ACTIONS: 'true' })).toEqual(['github']);
    expect(await names({ GITLAB_CI: 'true' })).toEqual(['junit=labs-junit.xml']);
    expect(await names({}, ['/autograder/results'])).toEqual(['gradescope']);
  });
});

describe('standard output in GitHub Actions', () => {
  const output = () => {
    let written = '';
    const stdout: Output = {
      write: (text) => {
        written += text;
      },
      isTerminal: false,
      columns: 80,
      colors: false,
    };
    return { stdout, written: () => written };
  };
  const env = { GITHUB_ACTIONS: 'true' };

  it('takes our commands, and none from what is only shown', () => {
    const { stdout, written } = output();
    const console = workflowConsole({ stdout, env });
    console.text.write('  ::error::one\n##[error]two\n::add-mask::three');
    console.command('::notice title=ours::four\n');
    console.text.write('::error::five\n');
    console.close();
    stdout.write('::notice title=later::six\n');
    expect(runnerOf(written()).commands).toEqual([
      { name: 'notice', properties: { title: 'ours' }, value: 'four' },
      { name: 'notice', properties: { title: 'later' }, value: 'six' },
    ]);
  });

  it('has a new token each time', () => {
    const { stdout, written } = output();
    const console = workflowConsole({ stdout, env });
    console.text.write('one\n');
    console.command('');
    console.text.write('two\n');
    const tokens = [...written().matchAll(/::stop-commands::(\w+)/g)].map(([, token]) => token);
    expect(new Set(tokens).size).toBe(2);
  });

  it('is left alone elsewhere', () => {
    const { stdout, written } = output();
    const console = workflowConsole({ stdout, env: {} });
    console.text.write('::error::one\n');
    console.close();
    expect(written()).toBe('::error::one\n');
  });

  it('errors hold no command either', () => {
    const { stdout, written } = output();
    withoutCommands(stdout).write('Error: a\n  ::error::forged\n:::x\nb ##[error]forged\n');
    expect(runnerOf(written()).commands).toEqual([]);
    expect(written().replaceAll('\u200b', '')).toContain('  ::error::forged');
  });
});
