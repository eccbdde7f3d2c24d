import { ExitCode, environmentError, type LabsError } from '../../core/errors.ts';
import type { AnsweringEngine } from '../../docker/engine.ts';
import type { Host } from '../../platform/host.ts';
import { type FoundRun, findRuns, isOwnerAlive } from '../../platform/run-directory.ts';
import { sweepRuns } from '../../platform/sweep.ts';
import { forgetGoneWorkspaces } from '../../workspace/trust.ts';
import { parseServices } from '../services.ts';

export interface CleanOptions {
  service: readonly string[];
  cache: boolean;
}

/**
 * Removes what killed runs left; runs at work are not touched.
 * @throws {LabsError} `environment`: the cache was to go too, and a run is at work with it
 */
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
  const atWork = options.cache ? await findRunAtWork(directories.runs) : undefined;
  if (options.cache && atWork === undefined) {
    const { removeCache } = await import('../../platform/cache.ts');
    removed.push(...(await removeCache(directories.cache)).map((place) => `cache ${place}`));
    if (engine.answers) removed.push(...(await removeKeptImages(engine)));
  }
  await forgetGoneWorkspaces(directories.state);
  for (const what of removed) stdout.write(`removed ${what}\n`);
  if (atWork !== undefined) throw cacheInUse(atWork);
  if (removed.length === 0) stdout.write('Nothing to clean.\n');
  return ExitCode.passed;
}

/** One whose record cannot be read is young, or the sweep would have taken it. */
async function findRunAtWork(runs: string): Promise<FoundRun | undefined> {
  return (await findRuns(runs)).find(({ alive, owner }) => alive || owner === undefined);
}

function cacheInUse({ id, path, owner }: FoundRun): LabsError {
  const who = owner === undefined ? '' : ` (process ${owner.pid} on ${owner.host})`;
  return environmentError(`The cache was left as it is: run ${id}${who} is at work with it.`, {
    hint: `Run \`labs clean --cache\` again when it has ended. Should nothing be at work there any more, remove ${path} first.`,
  });
}

async function removeKeptImages(engine: AnsweringEngine): Promise<string[]> {
  const { connect } = await import('../../docker/client.ts');
  const { removeDependencies } = await import('../../apps/docker/image/kept.ts');
  const names = await removeDependencies(await connect(engine));
  return names.map((name) => `image ${name}`);
}
