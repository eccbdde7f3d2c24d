import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createDockerRuntime } from '../../../src/apps/docker/runtime.ts';
import type { PreparedApp, ProcessSpec, RunningProcess } from '../../../src/apps/port.ts';
import type { LogLine } from '../../../src/core/log.ts';
import type { LabManifest } from '../../../src/core/manifest.ts';
import type { Submission } from '../../../src/core/submission.ts';
import { isOwnerAlive } from '../../../src/platform/run-directory.ts';
import { readSubmission } from '../../../src/workspace/submission.ts';
import { quiet, scratch } from '../../unit/services/scratch.ts';
import { engine } from '../services/engine-of-this-machine.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures/sandbox');
const LIMITS: LabManifest['sandbox'] = {
  install: 'registry',
  dockerfile: false,
  memory: 256,
  cpus: 1,
  pids: 64,
  tmp: 32,
};

/** A submission that has been built by a run of its own. */
export interface Sandbox extends AsyncDisposable {
  runId: string;
  app: PreparedApp;
  /** All that was written, by steps and by what runs. */
  lines: LogLine[];
  start(spec?: Partial<ProcessSpec>): Promise<RunningProcess>;
}

export interface SandboxOptions {
  /** Besides what the fixture's labs.yaml says. */
  submission?: Partial<Submission>;
  limits?: Partial<LabManifest['sandbox']>;
  /** Prepares the copy of the fixture. */
  edit?: (directory: string) => Promise<void>;
  /** Takes the lines where building fails. */
  lines?: LogLine[];
  /** Called first: what the engine has of it must be gone in the end. */
  onRun?: (id: string) => void;
}

export async function openSandbox(fixture: string, options: SandboxOptions = {}): Promise<Sandbox> {
  const { lines = [] } = options;
  const undo = new AsyncDisposableStack();
  try {
    const place = undo.use(await scratch());
    const directory = path.join(place.directory, 'workspace');
    await cp(path.join(FIXTURES, fixture), directory, { recursive: true });
    await options.edit?.(directory);
    const run = await place.newRun();
    options.onRun?.(run.id);
    const started = performance.now();
    const onLog = (line: LogLine) => void lines.push(line);
    const resource = createDockerRuntime({
      engine,
      run,
      isDead: async (owner) => !(await isOwnerAlive(owner)),
      env: process.env,
      sandbox: { ...LIMITS, ...options.limits },
      now: () => performance.now() - started,
      onLog,
    }).prepare({ ...(await readSubmission(directory)), ...options.submission });
    undo.defer(() => resource.teardown());
    const app = await resource.setup(quiet());
    const dispose = undo.move();
    return {
      runId: run.id,
      app,
      lines,
      start: (spec) =>
        app.start(
          {
            process: 'web',
            instance: 1,
            env: {},
            readiness: '/healthz',
            readyTimeoutMs: 10_000,
            onLog,
            ...spec,
          },
          quiet(),
        ),
      [Symbol.asyncDispose]: () => dispose.disposeAsync(),
    };
  } catch (error) {
    await undo.disposeAsync();
    throw error;
  }
}

/** Asks a fixture's app to try something. */
export async function tryIn(
  { url }: RunningProcess,
  name: string,
  ...args: (string | number)[]
): Promise<{ worked: any } | { refused: string }> {
  const query = new URLSearchParams(args.map((value): [string, string] => ['with', String(value)]));
  const response = await fetch(`${url}/tries/${name}?${query}`);
  return (await response.json()) as { worked: any } | { refused: string };
}

export const textsOf = (lines: readonly LogLine[]) => lines.map(({ text }) => text);

const execFileAsync = promisify(execFile);
export const docker = async (...args: string[]): Promise<string[]> => {
  const { stdout } = await execFileAsync('docker', args, { maxBuffer: 2 ** 26 });
  return stdout.split('\n').filter((line) => line !== '');
};

export const containersOf = (runId: string) =>
  docker('ps', '--all', '--filter', `label=labs.run=${runId}`, '--format', '{{.Names}}');

export async function inspect(name: string): Promise<any> {
  return JSON.parse((await docker('inspect', name)).join(''))[0];
}

/** What the engine still has of runs. */
export async function remainsOf(runIds: readonly string[]): Promise<string[]> {
  const of = async (id: string) => {
    const label = ['--filter', `label=labs.run=${id}`];
    const images = ['image', 'ls', '--filter', 'label=labs.image=submission', ...label];
    const found = await Promise.all([
      containersOf(id),
      docker('network', 'ls', '--format', '{{.Name}}', ...label),
      docker('volume', 'ls', '--quiet', ...label),
      docker(...images, '--format', '{{.Repository}}:{{.Tag}}'),
    ]);
    return found.flat();
  };
  return (await Promise.all(runIds.map(of))).flat();
}
