import type { Runtime } from '../apps/port.ts';
import type { ProcessRuntimeOptions } from '../apps/process/options.ts';
import type { ChosenRuntime } from '../apps/select.ts';
import { environmentError } from '../core/errors.ts';
import type { AnsweringEngine } from '../docker/engine.ts';

/** What was chosen, ready for an app; nothing of the other is loaded. */
export async function openRuntime(
  chosen: ChosenRuntime,
  options: ProcessRuntimeOptions,
): Promise<Runtime> {
  if (chosen.kind === 'docker') return openDockerRuntime(chosen.engine, options);
  const { createProcessRuntime } = await import('../apps/process/runtime.ts');
  return createProcessRuntime(options);
}

async function openDockerRuntime(
  _engine: AnsweringEngine,
  _options: ProcessRuntimeOptions,
): Promise<Runtime> {
  throw environmentError('The Docker runtime is not built yet.');
}
