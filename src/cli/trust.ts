import { type ChosenRuntime, chooseRuntime } from '../apps/select.ts';
import { displayPath } from '../catalog/display-path.ts';
import { LabsError } from '../core/errors.ts';
import type { Host } from '../platform/host.ts';
import { isOwnWorkspace, rememberWorkspace } from '../workspace/trust.ts';

export interface TrustOptions {
  runtime: 'auto' | 'process' | 'docker';
  /** The user says that the workspace is theirs. */
  trust: boolean;
}

/** Picks where a workspace's app runs, and remembers what the user says of it. */
export async function decideRuntime(
  directory: string,
  { runtime: asked, trust }: TrustOptions,
  host: Host,
): Promise<{ runtime: ChosenRuntime; notes: string[] }> {
  const { runtime, why, remember } = await chooseRuntime({
    asked,
    own: await isOwnWorkspace(host.directories.state, directory),
    trusted: trust,
    workspace: displayPath(directory, host.cwd),
    findEngine: async () => {
      const { ASKED_FOR_MS, findEngine } = await import('../docker/engine.ts');
      return findEngine(host.env, asked === 'docker' ? ASKED_FOR_MS : undefined);
    },
  });
  const unremembered = remember ? await tryToRemember(directory, host) : undefined;
  return { runtime, notes: [why, unremembered].filter((note) => note !== undefined) };
}

/** Says why where it cannot be remembered, as with a home that is read-only: that stops nobody. */
export async function tryToRemember(directory: string, host: Host): Promise<string | undefined> {
  try {
    await rememberWorkspace(host.directories.state, directory);
    return undefined;
  } catch (error) {
    if (!(error instanceof LabsError)) throw error;
    const workspace = displayPath(directory, host.cwd);
    return `That ${workspace} is yours cannot be remembered, so say --trust each time: ${error.message}`;
  }
}
