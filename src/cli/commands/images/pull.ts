import { ExitCode, environmentError } from '../../../core/errors.ts';
import { pullImages } from '../../../images/pull.ts';
import type { Host } from '../../../platform/host.ts';
import { isOwnerAlive } from '../../../platform/run-directory.ts';
import { createMeter } from '../../meter.ts';
import { imagesTable } from './rows.ts';
import { type ImagesOptions, openSetting } from './setting.ts';

/** Gets what the labs need and the engine does not have, then shows all of it. */
export async function pullCommand(options: ImagesOptions, host: Host): Promise<number> {
  const { env, signal, stdout, stderr } = host;
  const startedAt = performance.now();
  await using setting = await openSetting(options, host);
  const { docker, engine, run, stock } = setting;
  using meter = createMeter(stderr);
  const pulled = await pullImages(stock, {
    docker,
    runtime: {
      engine,
      run,
      env,
      isDead: async (owner) => !(await isOwnerAlive(owner)),
      now: () => performance.now() - startedAt,
      onLog: () => {},
    },
    signal,
    progress: meter.say,
  });
  meter[Symbol.dispose]();
  const rows = pulled.map((image) => ({ ...image, state: image.outcome }));
  stdout.write(imagesTable(rows, stdout));
  const lacking = pulled.filter(({ problem }) => problem !== undefined);
  if (lacking.length === 0) return ExitCode.passed;
  throw environmentError(`${lacking.length} of ${pulled.length} images could not be had.`, {
    detail: lacking.map(({ image, problem }) => `${image}: ${problem}`).join('\n'),
    hint: 'Mend the cause, then say it again: what is there stays. Or bring them from another machine: `labs images save <file>` there, `labs images load <file>` here.',
  });
}
