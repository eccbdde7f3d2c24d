import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { action, type Played, play } from '../support/action.ts';
import { root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { CLASS, NOTES } from '../support/packs.ts';
import { runnerOf } from '../support/runner.ts';
import { elementsOf } from '../support/xml.ts';

const place = scratch('action');
const at = (...names: string[]) => path.join(place.path, ...names);
afterAll(() => place.remove());

const SOLUTION = path.join(NOTES, 'test/solutions/notes/javascript');
const INPUTS = { lab: 'notes', runtime: 'process', pack: `${NOTES}\n\n  \n${CLASS}` };

function workspaceOf(name: string, change = (app: string) => app): string {
  cpSync(SOLUTION, at(name), { recursive: true });
  const app = path.join(at(name), 'server.js');
  writeFileSync(app, change(readFileSync(app, 'utf8')));
  return at(name);
}

const reportOf = ({ outputs }: Played): Report =>
  JSON.parse(readFileSync(outputs['report']!, 'utf8'));

describe('the action', () => {
  it('names outputs and inputs, and uses bash in every script', () => {
    expect(Object.keys(action.inputs)).toEqual([
      'lab',
      'workspace',
      'minimum-score',
      'pack',
      'reporters',
      'runtime',
    ]);
    expect(Object.keys(action.outputs)).toEqual(['score', 'max-score', 'passed', 'report']);
    for (const { run } of action.runs.steps) expect(run ?? '').not.toContain('${{');
  });

  it('grades, and gives score and report', () => {
    const played = play(INPUTS, workspaceOf('right'), place.path);
    expect(played.log).toContain('10/10');
    expect(played).toMatchObject({
      code: 0,
      outputs: { score: '10', 'max-score': '10', passed: 'true' },
    });
    expect(reportOf(played).outcome).toBe('passed');
    expect(played.summary).toContain('Passed: 10 of 10 points');
    expect(played.commands).toMatchObject([{ name: 'notice' }]);
  });

  it('takes a minimum score and further reports', () => {
    mkdirSync(at('all'));
    const workspace = workspaceOf('all/mine', (app) =>
      app.replace('found.owner !== owner', 'false'),
    );
    const inputs = { ...INPUTS, workspace: 'mine', reporters: 'junit=out/junit.xml\n' };
    const lenient = play({ ...inputs, 'minimum-score': '50' }, path.dirname(workspace), place.path);
    expect(lenient).toMatchObject({ code: 0, outputs: { score: '5', passed: 'true' } });
    expect(reportOf(lenient).notes).toContain(
      '50 % pass, as --minimum-score says; the lab itself asks for 70 %.',
    );
    expect(elementsOf(readFileSync(at('all/out/junit.xml'), 'utf8'))[0]?.name).toBe('testsuites');
    const strict = play({ ...inputs, 'minimum-score': '51' }, path.dirname(workspace), place.path);
    expect(strict).toMatchObject({ code: 1, outputs: { score: '5', passed: 'false' } });
  });

  it('has no score where nothing was graded', () => {
    mkdirSync(at('empty'));
    const played = play(INPUTS, at('empty'), place.path);
    expect(played.log).toContain('There is no labs.yaml');
    expect(played).toMatchObject({ code: 2, outputs: { score: '', passed: '' } });
    expect(played.commands).toMatchObject([
      {
        name: 'error',
        properties: { title: 'Not graded' },
        value: expect.stringMatching(/^There is no labs\.yaml/),
      },
    ]);
  });

  it('shows a mistake in labs.yaml at its line, and nothing else of it', () => {
    const workspace = workspaceOf('mistaken');
    const manifest = readFileSync(path.join(workspace, 'labs.yaml'), 'utf8');
    const text = `"::set-output name=score::9": "##[error]x"\n${manifest}`;
    writeFileSync(path.join(workspace, 'labs.yaml'), text);
    const played = play(INPUTS, workspace, place.path);
    expect(played).toMatchObject({ code: 2, outputs: { score: '' } });
    expect(played.commands).toMatchObject([
      { name: 'error', properties: { file: 'labs.yaml', line: '1', title: 'Not graded' } },
    ]);
  });
});

describe('an app that forges', () => {
  let played: Played;
  const inputs = { ...INPUTS, reporters: 'junit=labs-junit.xml\ngradescope=results.json' };

  /** That it is of another lab; when it runs, it breaks even that. */
  const pretend = () =>
    writeFileSync(
      at('forger/labs.yaml'),
      'formatVersion: 1\nlab: easy\nlanguage: javascript\nstart: node server.js\n',
    );

  beforeAll(() => {
    const workspace = workspaceOf('forger', (app) =>
      `import { forge } from './forge.js';\nforge();\n${app}\nsetInterval(forge, 100);\n`.replace(
        'found.owner !== owner',
        'false',
      ),
    );
    cpSync(path.join(root, 'test/fixtures/apps/forger/forge.js'), path.join(workspace, 'forge.js'));
    pretend();
    played = play(inputs, workspace, place.path);
  });

  it('has the score that it earned', () => {
    expect(played).toMatchObject({
      code: 1,
      outputs: { score: '5', 'max-score': '10', passed: 'false' },
    });
    const { lab, score, notes, log } = reportOf(played);
    expect(lab.id).toBe('notes');
    expect(score).toEqual({ earned: 5, max: 10, percent: 50 });
    expect(notes.join('\n')).toContain(
      'Graded as notes, as --lab says; labs.yaml:2:6 names the lab easy.',
    );
    // It did try.
    expect(log.lines.map(({ text }) => text)).toContain('::set-output name=score::100');
  });

  it('gives the runner no command', () => {
    expect(played.commands.map(({ name }) => name)).toEqual(['error', 'notice']);
    expect(JSON.stringify(played.commands)).not.toContain('forged');
  });

  it('leaves no file of its own where a report belongs', () => {
    const junit = elementsOf(readFileSync(at('forger/labs-junit.xml'), 'utf8'));
    expect(junit.filter(({ name }) => name === 'failure')).toHaveLength(1);
    const gradescope = JSON.parse(readFileSync(at('forger/results.json'), 'utf8'));
    expect(gradescope).toMatchObject({ score: 5 });
  });

  it('gives it none where all that it writes is shown', async () => {
    pretend();
    const { child, ended } = spawnLabs(
      [
        ...['grade', '--trust', '--runtime=process', '--lab=notes', '--verbose', '--all'],
        ...['--pack', NOTES, '--pack', CLASS, '--reveal', '--no-auto-reporter'],
      ],
      { cwd: at('forger'), runs: at('runs'), env: { GITHUB_ACTIONS: 'true' } },
    );
    const written = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name]!.on('data', (text: string) => {
        written[name] += text;
      });
    await ended;
    expect(written.stdout).toContain('::set-output name=score::100');
    expect(runnerOf(written.stdout).commands).toEqual([]);
    expect(runnerOf(written.stderr).commands).toEqual([]);
  });
});
