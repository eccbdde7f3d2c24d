// Usage: start-and-wait.ts <runs>. Starts a container, prints its run, and waits to be killed. SIGUSR2
// aborts the start. Prints what fails, of the start and of its undoing, as one line of JSON each.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabsError } from '../../../../src/core/errors.ts';
import { ASKED_FOR_MS, findEngine } from '../../../../src/docker/engine.ts';
import { createRunDirectory } from '../../../../src/platform/run-directory.ts';
import { createDockerProvider } from '../../../../src/services/docker/provider.ts';

const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
const told = ({ kind, message, hint }: LabsError) => ({ kind, message, hint });

const engine = await findEngine(process.env, ASKED_FOR_MS);
if (!engine.answers) throw new Error(engine.reason);
const run = await createRunDirectory(process.argv[2]!);
const enough = new AbortController();
// Not once: signal-exit, which testcontainers brings, ends a process that nobody else listens in.
process.on('SIGUSR2', () => enough.abort(new Error('enough')));
const provider = createDockerProvider({ engine, run, isDead: async () => false });
const resource = provider.postgres({ version: '17', schema: '' });
try {
  const signal = AbortSignal.any([AbortSignal.timeout(60_000), enough.signal]);
  await resource.setup({ signal, progress: () => {} });
  print({ ready: run.id });
  await sleep(2 ** 30);
} catch (error) {
  print(told(error as LabsError));
  await resource.teardown().catch((problem: LabsError) => print(told(problem)));
}
process.exit();
