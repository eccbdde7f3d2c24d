import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { NO_RUNNER, root, sharedCache } from './cli.ts';
import { type Command, runnerOf } from './runner.ts';

interface Step {
  id?: string;
  name?: string;
  run?: string;
  uses?: string;
  env?: Record<string, string>;
}

interface Action {
  inputs: Record<string, { default?: string; required?: boolean }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: Step[] };
}

export interface Played {
  /** Of the first step that failed, or 0. */
  code: number;
  outputs: Record<string, string>;
  /** Of the last step that ran. */
  summary: string;
  log: string;
  commands: Command[];
}

export const action = parse(readFileSync(path.join(root, 'action.yml'), 'utf8')) as Action;

/**
 * Runs the steps of the composite action that are scripts, one after another, as the runner of
 * GitHub Actions would: each with bash and files of its own for what it tells the runner.
 */
export function play(
  inputs: Record<string, string>,
  workspace: string,
  temp: string,
  environment: Record<string, string> = {},
): Played {
  const given = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => {
      const value = inputs[name] ?? input.default;
      if (value === undefined) throw new Error(`The input ${name} is required.`);
      return [name, value];
    }),
  );
  const outputs = new Map<string, Record<string, string>>();
  const fill = (text: string) =>
    text.replace(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, expression: string) => {
      const [context, name = '', , output = ''] = expression.split('.');
      if (context === 'inputs' && given[name] !== undefined) return given[name];
      if (context === 'steps') return outputs.get(name)?.[output] ?? '';
      throw new Error(`Not known to this runner: ${expression}`);
    });
  const played: Played = { code: 0, outputs: {}, summary: '', log: '', commands: [] };
  for (const step of action.runs.steps) {
    if (step.run === undefined) continue;
    const files = mkdtempSync(path.join(temp, 'step-'));
    const fileOf = (name: string) => {
      const file = path.join(files, name);
      writeFileSync(file, '');
      return file;
    };
    const script = path.join(files, 'script.sh');
    writeFileSync(script, fill(step.run));
    mkdirSync(path.join(temp, 'temp'), { recursive: true });
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(value)]);
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', script],
      {
        cwd: workspace,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
        env: {
          ...process.env,
          ...NO_RUNNER,
          LABS_RUNS_DIR: path.join(temp, 'runs'),
          LABS_CACHE_DIR: sharedCache(),
          LABS_STATE_DIR: path.join(temp, 'state'),
          GITHUB_ACTIONS: 'true',
          GITHUB_ACTION_PATH: root,
          GITHUB_WORKSPACE: workspace,
          RUNNER_TEMP: path.join(temp, 'temp'),
          GITHUB_OUTPUT: fileOf('output'),
          GITHUB_ENV: fileOf('env'),
          GITHUB_STEP_SUMMARY: fileOf('summary'),
          ...environment,
          ...Object.fromEntries(env),
        },
      },
    );
    played.log += stdout + stderr;
    played.commands.push(...runnerOf(stdout).commands, ...runnerOf(stderr).commands);
    played.summary = readFileSync(path.join(files, 'summary'), 'utf8');
    if (step.id !== undefined)
      outputs.set(step.id, valuesOf(readFileSync(path.join(files, 'output'), 'utf8')));
    if (status !== 0) {
      played.code = status ?? 1;
      break;
    }
  }
  for (const [name, { value }] of Object.entries(action.outputs))
    played.outputs[name] = fill(value);
  return played;
}

/** `name=value` a line, or `name<<END` and the lines up to `END`; the last of a name wins. */
function valuesOf(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split('\n');
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, name, operator, rest] = /^([^=<]+)(=|<<)(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    values[name] =
      operator === '='
        ? rest!
        : lines
            .splice(0, lines.indexOf(rest!) + 1)
            .slice(0, -1)
            .join('\n');
  }
  return values;
}
