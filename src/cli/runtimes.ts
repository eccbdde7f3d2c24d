import type { Runtime } from '../apps/port.ts';
import type { ProcessRuntimeOptions } from '../apps/process/options.ts';
import type { ChosenRuntime } from '../apps/select.ts';
import type { LabManifest } from '../core/manifest.ts';
import type { IsDead } from '../platform/owner.ts';

/** What either needs. */
export interface RuntimeOptions extends ProcessRuntimeOptions {
  isDead: IsDead;
  /** What the lab allows where the app runs in containers. */
  sandbox: LabManifest['sandbox'];
}

/** What was chosen, ready for an app; nothing of the other is loaded. */
export async function openRuntime(
  chosen: ChosenRuntime,
  { sandbox, isDead, ...common }: RuntimeOptions,
): Promise<Runtime> {
  if (chosen.kind === 'docker') {
    const { createDockerRuntime } = await import('../apps/docker/runtime.ts');
    return createDockerRuntime({ ...common, engine: chosen.engine, sandbox, isDead });
  }
  const { createProcessRuntime } = await import('../apps/process/runtime.ts');
  return createProcessRuntime(common);
}
