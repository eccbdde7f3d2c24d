import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { environmentError, messageOf } from '../../../core/errors.ts';
import { demultiplexer } from '../../../docker/demultiplex.ts';
import { ensureImage } from '../../../docker/image.ts';
import { removeContainer } from '../../../docker/remove.ts';
import { orAbort } from '../../../platform/abortable.ts';
import { packEntries } from '../context/pack.ts';
import { inArchive } from '../image/directories.ts';
import { RELAY_LIMITS } from '../sandbox/limits.ts';
import { hostConfig, USER } from '../sandbox/profile.ts';
import { relayFiles, relayProgram } from './files.ts';
import { RelaySession } from './session.ts';
import { socketPair } from './socket-pair.ts';
import { START } from './wire.ts';

/** Runs TypeScript as it is. */
export const RELAY_IMAGE = 'node:24-slim';
const DIRECTORY = '/relay';
const ANSWER_MS = 20_000;

export interface RelayPlan {
  docker: Docker;
  name: string;
  labels: Readonly<Record<string, string>>;
}

export interface Relay {
  session: RelaySession;
  /** As containers name the network that they share with it. */
  network: string;
}

/**
 * Starts the container that holds the sandbox's network, which has no interface but loopback, and
 * the program in it by which we are reached. The caller removes it by its name, however far this came.
 * @throws {LabsError} `environment`
 */
export async function startRelay(
  { docker, name, labels }: RelayPlan,
  context: { signal: AbortSignal; progress(text: string): void },
): Promise<Relay> {
  await ensureImage(docker, RELAY_IMAGE, context);
  const { signal } = context;
  const config = hostConfig({ limits: RELAY_LIMITS, network: 'none', writable: true });
  const container = await docker.createContainer({
    name,
    Image: RELAY_IMAGE,
    Entrypoint: [],
    Cmd: ['node', relayProgram(DIRECTORY)],
    User: `${USER.uid}:${USER.gid}`,
    Labels: { ...labels },
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    // When we go, however that is, its input ends, and it with it.
    StdinOnce: true,
    // What passes through is no log.
    HostConfig: { ...config, LogConfig: { Type: 'none', Config: {} } },
  });
  signal.throwIfAborted();
  const files = packEntries(await relayFiles(), {
    prefix: inArchive(DIRECTORY),
    uid: 0,
    gid: 0,
  });
  await container.putArchive(files, { path: '/' });
  const channel = await container.attach({
    stream: true,
    stdin: true,
    stdout: true,
    stderr: true,
    hijack: true,
  });
  await container.start();
  const stderr = new PassThrough();
  const said = text(stderr).catch(() => '');
  const [near, far] = await socketPair();
  const outputs = { stdout: far, stderr };
  channel.on(
    'data',
    demultiplexer((part, name) => outputs[name].write(part)),
  );
  channel.write(START);
  far.pipe(channel);
  far.on('error', () => {});
  far.once('close', () => channel.end());
  channel.on('error', () => {});
  channel.once('close', () => {
    far.destroy();
    stderr.end();
  });
  const session = new RelaySession(near);
  try {
    const late = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    await orAbort(session.ready(late), late);
  } catch (error) {
    signal.throwIfAborted();
    session.close();
    await removeContainer(docker, name);
    throw environmentError(`The sandbox's relay does not answer: ${messageOf(error)}.`, {
      detail: (await said).trim() || undefined,
      hint: `It runs in ${RELAY_IMAGE}: see that this image has Node.js 24.`,
      cause: error,
    });
  }
  return { session, network: `container:${container.id}` };
}
