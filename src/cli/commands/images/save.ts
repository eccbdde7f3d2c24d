import { stat } from 'node:fs/promises';
import path from 'node:path';
import { templateName } from '../../../apps/docker/image/kept.ts';
import { displayPath } from '../../../catalog/display-path.ts';
import { ExitCode, environmentError, usageError } from '../../../core/errors.ts';
import { saveImages } from '../../../docker/archive/save.ts';
import type { StockedImage } from '../../../images/stock.ts';
import type { Host } from '../../../platform/host.ts';
import { createMeter } from '../../meter.ts';
import { megabytes } from './rows.ts';
import { type ImagesOptions, openSetting, type Setting } from './setting.ts';

export interface SaveOptions extends ImagesOptions {
  file: string;
  /** Overwrite it. */
  force: boolean;
}

/** Writes what the labs need into one file; half of it would be of no use, and is refused. */
export async function saveCommand(options: SaveOptions, host: Host): Promise<number> {
  const { signal, stdout, stderr, cwd } = host;
  const file = path.resolve(cwd, options.file);
  await refuseTarget(file, options, cwd);
  await using setting = await openSetting(options, host);
  refuseMissing(setting.stock);
  const names = await namesOf(setting);
  using meter = createMeter(stderr);
  const shown = displayPath(file, cwd);
  const bytes = await saveImages(setting.docker, names, file, {
    signal,
    progress: (text) => meter.say(`saving ${shown}: ${text}`),
  });
  meter[Symbol.dispose]();
  stdout.write(
    `${setting.stock.map(({ image }) => `saved ${image}\n`).join('')}\n` +
      `${shown}: ${megabytes(bytes)}. On the other machine: labs images load ${path.basename(file)}\n`,
  );
  return ExitCode.passed;
}

/** Known before the engine is asked for anything. */
async function refuseTarget(file: string, { force }: SaveOptions, cwd: string): Promise<void> {
  const directory = path.dirname(file);
  const [found, parent] = await Promise.all(
    [file, directory].map((name) => stat(name).catch(() => undefined)),
  );
  if (!parent?.isDirectory())
    throw usageError(`${displayPath(file, cwd)} cannot be made: ${directory} is no directory.`);
  if (found === undefined) return;
  if (!found.isFile())
    throw usageError(`${displayPath(file, cwd)} is no file.`, { hint: 'Name a file in it.' });
  if (!force)
    throw usageError(`${displayPath(file, cwd)} is there already.`, {
      hint: 'Add --force to overwrite it, or name another file.',
    });
}

function refuseMissing(stock: readonly StockedImage[]): void {
  const missing = stock.filter(({ size }) => size === undefined).map(({ image }) => image);
  if (missing.length === 0) return;
  throw environmentError(`Not all images are there: ${missing.join(', ')}.`, {
    hint: 'First, with a network: `labs images pull`. To save less, name labs, or add --no-dependencies.',
  });
}

/** Dependencies under both of their names: a grade finds them by one, a prune leaves them for the other. */
async function namesOf({ docker, stock }: Setting): Promise<string[]> {
  const names = new Set<string>();
  for (const { image, template, key } of stock) {
    if (template !== undefined && key !== undefined) {
      await docker.getImage(key).tag(templateName(template.lab, template.template));
      names.add(key);
    }
    names.add(image);
  }
  return [...names];
}
