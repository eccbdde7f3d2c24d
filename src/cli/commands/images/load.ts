import path from 'node:path';
import { displayPath } from '../../../catalog/display-path.ts';
import { ExitCode } from '../../../core/errors.ts';
import { loadImages } from '../../../docker/archive/load.ts';
import type { Host } from '../../../platform/host.ts';
import { createMeter } from '../../meter.ts';
import { demandEngine } from './setting.ts';

/** Takes what `labs images save` wrote on another machine. */
export async function loadCommand(options: { file: string }, host: Host): Promise<number> {
  const { signal, stdout, stderr, cwd } = host;
  const file = path.resolve(cwd, options.file);
  const { docker } = await demandEngine(host);
  using meter = createMeter(stderr);
  const loaded = await loadImages(docker, file, {
    signal,
    progress: (text) => meter.say(`loading ${displayPath(file, cwd)}: ${text}`),
  });
  meter[Symbol.dispose]();
  stdout.write(loaded.map((name) => `loaded ${name}\n`).join(''));
  return ExitCode.passed;
}
