import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { workflowOf } from '../../src/cli/ci-workflow.ts';
import { labs, NO_RUNNER, root, scratch, sharedCache } from '../support/cli.ts';
import { NOTES, repositoryOf } from '../support/packs.ts';
import { elementsOf } from '../support/xml.ts';

const place = scratch('ci');
const at = (...names: string[]) => path.join(place.path, ...names);
afterAll(() => place.remove());

const start = (...args: string[]) =>
  labs(['start', 'notes', ...args], { cwd: place.path, runs: at('runs') });

/** Runs a script of CI in the workspace, with this labs as what npx would fetch. */
function play(script: string, workspace: string, env: Record<string, string>) {
  mkdirSync(at('bin'), { recursive: true });
  const npx = `#!/bin/sh
[ "$1 $2" = "--yes backend-labs@${manifest.version}" ] || exit 9
shift 2
exec "${process.execPath}" "${path.join(root, 'bin/labs.js')}" "$@"
`;
  writeFileSync(at('bin/npx'), npx);
  chmodSync(at('bin/npx'), 0o755);
  return spawnSync('bash', ['-eo', 'pipefail', '-c', script], {
    cwd: workspace,
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

/** The template, with the solution in its place. */
async function workspaceFor(system: string): Promise<string> {
  const pack = repositoryOf(NOTES, at(`${system}-pack`)).url;
  const { code, stdout } = await start(system, '--ci', system, '--pack', `${pack}#v1`);
  expect(code).toBe(0);
  expect(stdout).toContain('grades at every push');
  cpSync(path.join(NOTES, 'test/solutions/notes/javascript'), at(system), { recursive: true });
  return at(system);
}

it('the job for GitLab grades, and hands over JUnit', async () => {
  const workspace = await workspaceFor('gitlab');
  const { grade } = parse(readFileSync(path.join(workspace, '.gitlab-ci.yml'), 'utf8'));
  expect(grade.script[0]).toMatch(/^npx --yes backend-labs@\S+ doctor --fix --yes --only postgres/);
  const { status, stdout, stderr } = play(grade.script[1], workspace, { GITLAB_CI: 'true' });
  expect(`${stdout}${stderr}`).toContain('2/2');
  expect(status).toBe(0);
  const { junit } = grade.artifacts.reports;
  expect(
    elementsOf(readFileSync(path.join(workspace, junit), 'utf8'))[0]?.attributes,
  ).toMatchObject({
    tests: '1',
  });
  expect(existsSync(path.join(workspace, grade.artifacts.paths[0]))).toBe(true);
});

it('the workflow for GitHub grades in the sandbox, by the lab that it names', async () => {
  const workspace = await workspaceFor('github');
  const file = path.join(workspace, '.github/workflows/labs.yml');
  const { jobs, permissions } = parse(readFileSync(file, 'utf8'));
  expect(permissions).toEqual({ contents: 'read' });
  const { run } = jobs.grade.steps.find((step: { run?: string }) => step.run !== undefined);
  expect(run).toContain("grade --lab notes --pack 'file://");
  expect(run).toContain('--runtime docker');
  // Here may be no engine.
  const here = run.replace('--runtime docker', '--runtime process --trust');
  const { status, stdout, stderr } = play(here, workspace, { GITHUB_ACTIONS: 'true' });
  expect(stdout).toContain('::notice title=');
  expect(`${stdout}${stderr}`).toContain('2/2');
  expect(status).toBe(0);
  expect(existsSync(path.join(workspace, 'labs-report.json'))).toBe(true);
});

it('a pack that CI cannot have is refused, before anything is made', async () => {
  const { code, stderr } = await start('nowhere', '--ci', 'github', '--pack', NOTES);
  expect(code).toBe(2);
  expect(stderr).toContain('is on this machine, where CI has none');
  expect(existsSync(at('nowhere'))).toBe(false);
});

it('an unknown system is refused', async () => {
  const { code, stderr } = await start('nowhere', '--ci', 'jenkins', '--pack', NOTES);
  expect(code).toBe(2);
  expect(stderr).toContain('github, gitlab');
});

it('credentials of a pack are not written into the repository', () => {
  const request = { lab: 'notes', version: '1.2.3', cwd: place.path };
  const packs = ['https://ada:secret@example.org/class.git#v1', 'class-pack@1.2.0'];
  for (const system of ['github', 'gitlab'] as const) {
    const { text } = workflowOf(system, { ...request, packs });
    expect(text).not.toContain('secret');
    expect(text).toContain("--pack 'https://example.org/class.git#v1' --pack class-pack@1.2.0");
  }
});
