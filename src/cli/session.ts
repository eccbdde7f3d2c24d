import type { Runtime } from '../apps/port.ts';
import type { ChosenRuntime } from '../apps/select.ts';
import type { Emit } from '../core/event.ts';
import type { LabManifest } from '../core/manifest.ts';
import { claimDirectory } from '../platform/directories.ts';
import type { Host } from '../platform/host.ts';
import {
  createRunDirectory,
  isOwnerAlive,
  type RunDirectory,
  type RunOwner,
} from '../platform/run-directory.ts';
import { sweepRuns } from '../platform/sweep.ts';
import type { ServiceProvider } from '../services/port.ts';
import { openRuntime } from './runtimes.ts';

export interface SessionOptions {
  provider: 'auto' | 'docker' | 'local' | 'external';
  /** What `--service` named, by service. */
  services: Readonly<Record<string, string>>;
  runtime: ChosenRuntime;
  /** What it needs, and what it allows where the app runs in containers. */
  lab: Pick<LabManifest, 'services' | 'sandbox'>;
  now: () => number;
  emit: Emit;
}

/** A run's directory, and the adapters that work in it; disposed of, nothing of it is left. */
export interface Session extends AsyncDisposable {
  run: RunDirectory;
  provider: ServiceProvider;
  runtime: Runtime;
  /** Which provider was picked and why, in a sentence. */
  why: string;
}

/** Sweeps what killed runs left, then makes ready for a new one. */
export async function openSession(options: SessionOptions, host: Host): Promise<Session> {
  const { directories, env } = host;
  claimDirectory(directories.runs);
  claimDirectory(directories.cache);
  await sweepRuns(directories.runs);
  const isDead = async (owner: RunOwner) => !(await isOwnerAlive(owner));
  const run = await createRunDirectory(directories.runs);
  try {
    const { selectProvider } = await import('../services/select.ts');
    const { provider, why } = await selectProvider({
      kind: options.provider,
      services: options.lab.services,
      urls: options.services,
      host,
      run,
      isDead,
    });
    const runtime = await openRuntime(options.runtime, {
      env,
      run,
      isDead,
      sandbox: options.lab.sandbox,
      now: options.now,
      onLog: (line) => options.emit({ type: 'log', line }),
    });
    return { run, provider, runtime, why, [Symbol.asyncDispose]: () => run.remove() };
  } catch (error) {
    await run.remove();
    throw error;
  }
}
