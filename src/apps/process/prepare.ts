import type { SetupContext } from '../../core/resource.ts';
import type { Command, Submission } from '../../core/submission.ts';
import { keepLast } from '../log-lines.ts';
import { AppStartError } from '../port.ts';
import { notStartable } from '../start-errors.ts';
import { appEnvironment, installEnvironment } from './environment.ts';
import { isInstalled, rememberInstalled } from './installed.ts';
import type { ProcessRuntimeOptions } from './options.ts';
import { problemOf, SpawnError, spawnGroup } from './spawn.ts';

const INSTALL_TIMEOUT_MS = 300_000;
const BUILD_TIMEOUT_MS = 120_000;

/**
 * Runs the workspace's install and build steps. Install is left out where neither the command nor a
 * lock file has changed since it last succeeded.
 * @throws {AppStartError} a step failed or took too long
 */
export async function installAndBuild(
  submission: Submission,
  options: ProcessRuntimeOptions,
  context: SetupContext,
): Promise<void> {
  const { directory, install, build } = submission;
  if (install !== undefined && !(await isInstalled(directory, install))) {
    const env = installEnvironment(options.env, directory);
    await runStep('install', install, INSTALL_TIMEOUT_MS, { directory, env }, options, context);
    await rememberInstalled(directory, install);
  }
  if (build !== undefined) {
    const env = appEnvironment(options.env, directory);
    await runStep('build', build, BUILD_TIMEOUT_MS, { directory, env }, options, context);
  }
}

async function runStep(
  step: 'install' | 'build',
  command: Command,
  timeoutMs: number,
  place: { directory: string; env: Readonly<Record<string, string>> },
  options: ProcessRuntimeOptions,
  { signal, progress }: SetupContext,
): Promise<void> {
  progress(command.join(' '));
  const { lines, onLog } = keepLast(options.onLog);
  const group = await spawnGroup({
    command,
    cwd: place.directory,
    env: { ...place.env, ...options.run.marker },
    source: step,
    now: options.now,
    onLog,
  }).catch((error: unknown) => {
    if (error instanceof SpawnError) throw notStartable(step, command, problemOf(error));
    throw error;
  });
  const deadline = AbortSignal.timeout(timeoutMs);
  const stop = AbortSignal.any([signal, deadline]);
  const aborted = new Promise<'aborted'>((resolve) => {
    stop.addEventListener('abort', () => resolve('aborted'), { once: true });
    if (stop.aborted) resolve('aborted');
  });
  const end = await Promise.race([group.exited, aborted]);
  // Whatever the step left in the background must not outlive it.
  group.signalGroup('SIGKILL');
  signal.throwIfAborted();
  if (end !== 'aborted') await group.drained;
  const shownCommand = command.join(' ');
  if (end === 'aborted') {
    throw new AppStartError(
      step,
      `\`${shownCommand}\` did not finish within ${timeoutMs / 1000} s.`,
      `Run it yourself in the workspace and see what it waits for.`,
      lines,
    );
  }
  if (end.code !== 0) {
    const how = end.code === null ? `was ended by ${end.signal}` : `exited with code ${end.code}`;
    throw new AppStartError(
      step,
      `\`${shownCommand}\` ${how}.`,
      `Run it yourself in the workspace; \`${step}\` in labs.yaml is the command that labs runs.`,
      lines,
    );
  }
}
