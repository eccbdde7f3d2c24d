import path from 'node:path';
import { environmentError } from '../../../core/errors.ts';
import type { LabEntry } from '../../../core/lab.ts';
import type { Docker } from '../../../docker/client.ts';
import type { AnsweringEngine } from '../../../docker/engine.ts';
import type { StockedImage } from '../../../images/stock.ts';
import { claimDirectory } from '../../../platform/directories.ts';
import type { Host } from '../../../platform/host.ts';
import { createRunDirectory, type RunDirectory } from '../../../platform/run-directory.ts';
import { sweepRuns } from '../../../platform/sweep.ts';
import { builtInPack } from '../../packs.ts';

export interface ImagesOptions {
  /** Ids; all where none is named. */
  labs: readonly string[];
  /** Whether what the templates install counts. */
  dependencies: boolean;
}

/** What the labs need and the engine has. Disposed of, the templates that were started are gone. */
export interface Setting extends AsyncDisposable {
  engine: AnsweringEngine;
  docker: Docker;
  run: RunDirectory;
  stock: StockedImage[];
}

export async function openSetting(options: ImagesOptions, host: Host): Promise<Setting> {
  const entries = await labsNamed(options.labs, host);
  const { engine, docker } = await demandEngine(host);
  const { runs } = host.directories;
  claimDirectory(runs);
  await sweepRuns(runs);
  const run = await createRunDirectory(runs);
  try {
    const { startTemplates } = await import('../../../images/templates.ts');
    const { takeStock } = await import('../../../images/stock.ts');
    const directory = path.join(run.path, 'templates');
    const templates = await Promise.all(
      entries.map((entry) => startTemplates(entry, directory, host.signal)),
    );
    const stock = await takeStock(docker, entries, templates.flat(), options);
    return { engine, docker, run, stock, [Symbol.asyncDispose]: () => run.remove() };
  } catch (error) {
    await run.remove();
    throw error;
  }
}

/** @throws {LabsError} `environment`: none answers */
export async function demandEngine(
  host: Host,
): Promise<{ engine: AnsweringEngine; docker: Docker }> {
  const { ASKED_FOR_MS, findEngine } = await import('../../../docker/engine.ts');
  const engine = await findEngine(host.env, ASKED_FOR_MS);
  if (!engine.answers)
    throw environmentError(`No Docker engine answers: ${engine.reason}.`, {
      hint: 'Start Docker; “labs doctor” shows more. Without Docker nothing need be prepared: labs grade --provider local.',
    });
  const { connect } = await import('../../../docker/client.ts');
  return { engine, docker: await connect(engine) };
}

async function labsNamed(ids: readonly string[], host: Host): Promise<LabEntry[]> {
  const { findLab, listLabs } = await import('../../../catalog/catalog.ts');
  const packs = [builtInPack(host)];
  if (ids.length === 0) return listLabs(packs, host.cwd);
  return Promise.all([...new Set(ids)].map((id) => findLab(packs, id, { cwd: host.cwd })));
}
