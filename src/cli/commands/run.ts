import { AppStartError } from '../../apps/port.ts';
import { claimPort } from '../../apps/process/ports.ts';
import { CLEAN, ExitCode, LabsError, usageError } from '../../core/errors.ts';
import type { RunEvent } from '../../core/event.ts';
import { plain } from '../../core/text.ts';
import { Lifecycle } from '../../grading/lifecycle.ts';
import { startServices } from '../../grading/services.ts';
import { settingsFor } from '../../grading/settings.ts';
import { appWorld } from '../../grading/world/app-world.ts';
import type { AppExit } from '../../kit/app.ts';
import { FIRST_INSTANCE } from '../../kit/http/client.ts';
import type { Host } from '../../platform/host.ts';
import { readSubmission } from '../../workspace/submission.ts';
import { loadForWorkspace } from '../packs/load.ts';
import { workflowConsole } from '../reporters/workflow-console.ts';
import { parseServices } from '../services.ts';
import { openSession } from '../session.ts';
import { decideRuntime, type TrustOptions } from '../trust.ts';

export interface RunOptions extends TrustOptions {
  workspace?: string;
  provider: 'auto' | 'docker' | 'local' | 'external';
  service: readonly string[];
  port: string;
  pack: readonly string[];
}

/** The same settings each time: what is tried by hand is tried again. */
const SEED = 'labs run';

/** The app as the grader runs it, to try requests by hand; its databases are new and go with it. */
export async function runCommand(options: RunOptions, host: Host): Promise<number> {
  const console = workflowConsole(host);
  try {
    return await runOn(options, { ...host, stdout: console.text });
  } finally {
    console.close();
  }
}

async function runOn(options: RunOptions, host: Host): Promise<number> {
  const { cwd, stdout, stderr, signal } = host;
  const submission = await readSubmission(options.workspace ?? '.', { cwd });
  const { lab } = await loadForWorkspace(options, submission.lab, submission, host);
  const port = await claimPort(parsePort(options.port));
  const startedAt = performance.now();
  const now = () => performance.now() - startedAt;
  const emit = (event: RunEvent) => show(event, host);
  const services = parseServices(options.service);
  const { runtime, notes } = await decideRuntime(submission.directory, options, host);
  for (const note of notes) stdout.write(`${note}\n`);
  await using session = await openSession(
    {
      provider: options.provider,
      services,
      runtime,
      lab: lab.manifest,
      now,
      emit,
    },
    host,
  );
  const lifecycle = new Lifecycle({ emit, now, signal });
  let over = false;
  try {
    const [app, running] = await Promise.all([
      lifecycle.enter(session.runtime.prepare(submission)),
      startServices(lab, session.provider, lifecycle),
    ]);
    const world = await lifecycle.enter(
      appWorld({
        id: 'shared',
        title: 'Start the app',
        manifest: lab.manifest,
        app,
        services: running,
        instances: {},
        env: settingsFor(lab.grader, undefined, SEED),
        onLog: (line) => emit({ type: 'log', line }),
        port,
        now,
      }),
    );
    stdout.write(`\nThe app is at http://localhost:${port}. Ctrl-C ends it, and its databases.\n`);
    for (const [name, value] of Object.entries(world.env)) stdout.write(`${name}=${value}\n`);
    const processes = world.processes(now());
    const web = processes.find(({ name }) => name === FIRST_INSTANCE);
    // The app may go on without a worker; whoever tries it out wants to know.
    for (const process of processes.filter((each) => each !== web))
      void process.exited.then((exit) => {
        if (!over) stdout.write(`${process.name} ${howItEnded(exit)}\n`);
      });
    return await untilEnded(web!.exited, signal);
  } catch (error) {
    if (error instanceof AppStartError)
      throw new LabsError('usage', error.message, {
        hint: error.hint,
        detail: error.lines.map(({ text }) => plain(text)).join('\n'),
      });
    throw error;
  } finally {
    over = true;
    const left = await lifecycle.close();
    for (const text of left) stderr.write(`${text}\n`);
    if (left.length > 0) stderr.write(`${CLEAN}\n`);
  }
}

const howItEnded = ({ code, signal }: AppExit) =>
  code === null ? `was ended by ${signal}.` : `exited with code ${code}.`;

async function untilEnded(exited: Promise<unknown>, signal: AbortSignal): Promise<number> {
  const aborted = new Promise<number>((resolve) => {
    signal.addEventListener('abort', () => resolve(ExitCode.interrupted), { once: true });
    if (signal.aborted) resolve(ExitCode.interrupted);
  });
  return Promise.race([aborted, exited.then(() => ExitCode.belowPassingScore)]);
}

function show(event: RunEvent, { stdout }: Host): void {
  if (event.type === 'log') stdout.write(`${event.line.source} | ${plain(event.line.text)}\n`);
  if (event.type === 'step:finished' && !event.failed)
    stdout.write(`${event.title}  ${(event.durationMs / 1000).toFixed(1)} s\n`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw usageError(`--port ${text}: expected a number from 1 to 65535.`);
}
