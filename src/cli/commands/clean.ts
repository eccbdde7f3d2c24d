import { rm } from 'node:fs/promises';
import { ExitCode } from '../../core/errors.ts';
import type { AnsweringEngine } from '../../docker/engine.ts';
import type { Host } from '../../platform/host.ts';
import { isOwnerAlive } from '../../platform/run-directory.ts';
import { sweepRuns } from '../../platform/sweep.ts';
import { forgetGoneWorkspaces } from '../../workspace/trust.ts';
import { parseServices } from '../services.ts';

export interface CleanOptions {
  service: readonly string[];
  cache: boolean;
}

/** Removes what killed runs left; runs at work are not touched. */
export async function cleanCommand(options: CleanOptions, host: Host): Promise<number> {
  const { stdout, directories } = host;
  const services = parseServices(options.service);
  const isDead = async (owner: Parameters<typeof isOwnerAlive>[0]) => !(await isOwnerAlive(owner));
  const removed: string[] = [];

  for (const run of await sweepRuns(directories.runs))
    removed.push(`run ${run.id} with ${run.processes} processes`);

  const { sweepClocks } = await import('../../apps/process/clock-files.ts');
  removed.push(...(await sweepClocks()).map((name) => `what was shared as ${name}`));

  const { ASKED_FOR_MS, findEngine } = await import('../../docker/engine.ts');
  const engine = await findEngine(host.env, ASKED_FOR_MS);
  if (engine.answers) {
    const { sweepContainers } = await import('../../docker/sweep.ts');
    removed.push(...(await sweepContainers(host.env, isDead)));
  }
  if (services['postgres'] !== undefined) {
    const { sweepDatabases } = await import('../../services/external/sweep.ts');
    const names = await sweepDatabases(services['postgres'], isDead);
    removed.push(...names.map((name) => `database ${name}`));
  }
  if (services['redis'] !== undefined) {
    const { sweepRedis } = await import('../../services/external/redis.ts');
    const numbers = await sweepRedis(services['redis'], isDead);
    removed.push(...numbers.map((number) => `what was in database ${number} of Redis`));
  }
  if (options.cache) {
    await rm(directories.cache, { recursive: true, force: true });
    removed.push(`cache ${directories.cache}`);
    if (engine.answers) removed.push(...(await removeKeptImages(engine)));
  }
  await forgetGoneWorkspaces(directories.state);
  for (const what of removed) stdout.write(`removed ${what}\n`);
  if (removed.length === 0) stdout.write('Nothing to clean.\n');
  return ExitCode.passed;
}

async function removeKeptImages(engine: AnsweringEngine): Promise<string[]> {
  const { connect } = await import('../../docker/client.ts');
  const { removeDependencies } = await import('../../apps/docker/image/kept.ts');
  const names = await removeDependencies(await connect(engine));
  return names.map((name) => `image ${name}`);
}
