import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import { LabsError, messageOf, usageError } from '../../../core/errors.ts';
import { followEvents } from '../../../docker/follow.ts';
import { ensureImage } from '../../../docker/image.ts';
import { IMAGE_LABEL, SUBMISSION } from '../../../docker/labels.ts';
import { keepLast } from '../../log-lines.ts';
import { AppStartError } from '../../port.ts';
import type { ContextFile } from '../context/files.ts';
import { packFiles } from '../context/pack.ts';
import { knownLanguage } from '../languages/index.ts';
import { wayToRegistry } from '../registry/way.ts';
import { STEP_LIMITS } from '../sandbox/limits.ts';
import { USER } from '../sandbox/profile.ts';
import type { SubmissionImage } from './build.ts';
import type { ImagePlan } from './plan.ts';

export const DOCKERFILE = 'Dockerfile';

const WALL_MS = 900_000;
const MIB = 1024 ** 2;

/**
 * Builds the image from the submission's own Dockerfile, where the lab allows it. Its steps have a
 * weaker sandbox than ours: they run as root, with the engine's default capabilities.
 * @throws {AppStartError} a step failed
 * @throws {LabsError} `usage`: it asks for a frontend; `environment`: a base image cannot be had
 */
export async function buildFromDockerfile(
  plan: ImagePlan,
  files: readonly ContextFile[],
): Promise<SubmissionImage> {
  const { docker, submission, prefix, labels, options, signal, progress } = plan;
  const { directory } = submission;
  const text = await readFile(path.join(directory, DOCKERFILE), 'utf8');
  refuseFrontend(text);
  for (const image of baseImages(text)) await ensureImage(docker, image, { signal, progress });
  progress(`building ${DOCKERFILE}`);
  const name = `${prefix}:submission`;
  const way = await wayToRegistry(plan, knownLanguage(submission.language), false);
  const deadline = AbortSignal.timeout(WALL_MS);
  const memory = STEP_LIMITS.memoryMiB * MIB;
  const last = keepLast(options.onLog);
  let layer: string | undefined;
  try {
    const stream = await docker.buildImage(packFiles(directory, files, { ...USER, prefix: '' }), {
      t: name,
      dockerfile: DOCKERFILE,
      networkmode: way.network,
      buildargs: Object.fromEntries(way.variables.map(splitVariable)),
      labels: { ...labels, [IMAGE_LABEL]: SUBMISSION },
      memory,
      memswap: memory,
      cpuperiod: 100_000,
      cpuquota: STEP_LIMITS.cpus * 100_000,
      rm: true,
      forcerm: true,
      abortSignal: AbortSignal.any([signal, deadline, way.lost]),
    });
    await followEvents(docker, stream, ({ stream: text = '' }) => {
      for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
        layer = /^ ---> ([0-9a-f]{12,})$/.exec(line)?.[1] ?? layer;
        last.onLog({ at: options.now(), source: 'build', stream: 'stdout', text: line });
      }
    });
  } catch (error) {
    await removeUnfinished(docker, layer);
    signal.throwIfAborted();
    way.lost.throwIfAborted();
    if (error instanceof LabsError) throw error;
    const reason = deadline.aborted
      ? `it was not done within ${WALL_MS / 1000} s`
      : messageOf(error);
    const hint = way.remark() ?? 'Build it yourself: docker build . in the workspace.';
    throw new AppStartError('build', `${DOCKERFILE} does not build: ${reason}.`, hint, last.lines);
  } finally {
    await way.close();
  }
  const env = { HOME: '/tmp', TMPDIR: '/tmp' };
  return { name, directory: undefined, env, volumes: await volumesOf(docker, name) };
}

async function volumesOf(docker: Docker, name: string): Promise<string[]> {
  const { Config } = await docker.getImage(name).inspect();
  return Object.keys(Config.Volumes ?? {}).map((directory) => path.posix.resolve('/', directory));
}

/** The builder leaves the steps that went well before the one that did not, under no name. */
async function removeUnfinished(docker: Docker, layer: string | undefined): Promise<void> {
  if (layer === undefined) return;
  const image = docker.getImage(layer);
  const found = await image.inspect().catch(() => undefined);
  // With a name it is what the build began with.
  if (found?.RepoTags.length === 0) await image.remove().catch(() => {});
}

/** A frontend is a program from anywhere that the builder would run in place of its own. */
function refuseFrontend(text: string): void {
  // Directives come first: https://docs.docker.com/reference/dockerfile/#parser-directives
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (!/^\s*(?:#|\/\/)/.test(line)) return;
    if (/^\s*(?:#|\/\/)\s*syntax\s*=/i.test(line))
      throw usageError(`${DOCKERFILE}:${index + 1}: “syntax” is not allowed here.`, {
        hint: 'Remove the line: the image is built by the engine’s own builder.',
      });
  }
}

/** What it is built from, but for its own stages and what only an argument names. */
function baseImages(text: string): string[] {
  const stages = new Set<string>(['scratch']);
  const images = new Set<string>();
  for (const [, image = '', stage] of text.matchAll(
    /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim,
  )) {
    if (!stages.has(image) && !image.includes('$')) images.add(image);
    if (stage !== undefined) stages.add(stage);
  }
  return [...images];
}

function splitVariable(variable: string): [string, string] {
  const at = variable.indexOf('=');
  return [variable.slice(0, at), variable.slice(at + 1)];
}
