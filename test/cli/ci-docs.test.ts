import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_RUNNER, root, scratch, sharedCache } from '../support/cli.ts';
import { NOTES } from '../support/packs.ts';
import { CLASSROOM50 } from '../unit/reporters/formats.ts';

const place = scratch('ci-docs');
const at = (...names: string[]) => path.join(place.path, ...names);
afterAll(() => place.remove());

/** A script of docs/ci.md, by the name in its comment. */
function scriptOf(name: string): string {
  const text = readFileSync(path.join(root, 'docs/ci.md'), 'utf8');
  const scripts = [...text.matchAll(/```\w+\n([\s\S]*?)```/g)].map(([, script]) => script!);
  return scripts.find((script) => script.includes(`# ${name}\n`))!;
}

const LABS = `exec "${process.execPath}" "${path.join(root, 'bin/labs.js')}"`;

/** Runs a script with `labs` and `npx` on PATH, and the notes lab for that of the page. */
function play(script: string, [command, ...args]: string[], cwd: string, env = {}) {
  mkdirSync(at('bin'), { recursive: true });
  for (const [name, line] of [
    ['labs', `${LABS} "$@"`],
    ['npx', `shift 2; ${LABS} "$@"`],
  ] as const) {
    writeFileSync(at('bin', name), `#!/bin/sh\n${line}\n`);
    chmodSync(at('bin', name), 0o755);
  }
  const file = at('script');
  writeFileSync(
    file,
    script
      .replaceAll('/autograder', at('autograder'))
      .replace('--lab crud-api', `--lab notes --pack ${NOTES}`)
      .replace('--runtime docker', '--runtime process --trust'),
  );
  return spawnSync(command!, [...args, file], {
    cwd,
    encoding: 'utf8',
    env: {
      ...process.env,
      ...NO_RUNNER,
      PATH: `${at('bin')}${path.delimiter}${process.env['PATH']}`,
      LABS_RUNS_DIR: at('runs'),
      LABS_CACHE_DIR: sharedCache(),
      LABS_STATE_DIR: at('state'),
      ...env,
    },
  });
}

/** The solution, with the lab's one fault if asked for. */
function submit(to: string, wrong = false): void {
  cpSync(path.join(NOTES, 'test/solutions/notes/javascript'), to, { recursive: true });
  const app = path.join(to, 'server.js');
  if (wrong)
    writeFileSync(
      app,
      readFileSync(app, 'utf8').replace('answer(response, 201', 'answer(response, 200'),
    );
}

describe('the autograder for Gradescope', () => {
  const results = at('autograder/results/results.json');
  const grade = () => {
    mkdirSync(at('autograder/results'), { recursive: true });
    return play(scriptOf('run_autograder'), ['bash'], place.path);
  };

  it('says 0 and why where the submission is no workspace', () => {
    mkdirSync(at('autograder/submission'), { recursive: true });
    expect(grade().status).toBe(0);
    const { score, output } = JSON.parse(readFileSync(results, 'utf8'));
    expect(score).toBe(0);
    expect(output).toContain('There is no labs.yaml');
  });

  it.each([
    [false, 2],
    [true, 0],
  ])('grades (wrong: %s)', (wrong, score) => {
    submit(at('autograder/submission'), wrong);
    expect(grade().status).toBe(0);
    expect(JSON.parse(readFileSync(results, 'utf8'))).toMatchObject({ score });
  });

  it('has two scripts that bash can read', () => {
    for (const name of ['setup.sh', 'run_autograder']) {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: scriptOf(name) });
      expect(`${status} ${stderr}`).toBe('0 ');
    }
  });
});

const python = spawnSync('python3', ['--version']).status === 0;
describe.runIf(python)('the autograder for Classroom 50 (needs python3)', () => {
  it.each([
    ['right', false, 2],
    ['wrong', true, 0],
  ])('%s: exits with 0, and leaves result.json', (name, wrong, score) => {
    submit(at(name), wrong);
    const { status } = play(scriptOf('autograder.py'), ['python3'], at(name), CLASSROOM50);
    expect(status).toBe(0);
    const result = JSON.parse(readFileSync(at(name, 'result.json'), 'utf8'));
    expect(result).toMatchObject({ schema: 'classroom50/result/v1', score, 'max-score': 2 });
  });

  it('exits with another code where nothing was graded', () => {
    mkdirSync(at('empty'));
    const { status } = play(scriptOf('autograder.py'), ['python3'], at('empty'), CLASSROOM50);
    expect(status).toBe(2);
    expect(existsSync(at('empty/result.json'))).toBe(false);
  });
});
