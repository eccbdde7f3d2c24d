import { PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import { environmentError, messageOf } from '../../../core/errors.ts';
import type { LogLine } from '../../../core/log.ts';
import type { Command } from '../../../core/submission.ts';
import { demultiplexer } from '../../../docker/demultiplex.ts';
import { removeContainer } from '../../../docker/remove.ts';
import { readLines } from '../../log-lines.ts';
import { hostConfig, type Profile, USER } from './profile.ts';

export interface ContainerPlan {
  docker: Docker;
  name: string;
  image: string;
  command: Command;
  /** Where the command runs; undefined where the image says. */
  directory: string | undefined;
  env: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  profile: Profile;
  /** Goes with each line: `web.1`, `install`. */
  source: string;
  now: () => number;
  onLog(line: LogLine): void;
}

/** The program that labs.yaml names is not in the image, or cannot be run. */
export class NoSuchProgram extends Error {
  override readonly name = 'NoSuchProgram';
  /** What the system says; undefined where there is no such program. */
  readonly problem: string | undefined;

  constructor(problem?: string) {
    super(problem ?? 'no such program');
    this.problem = problem;
  }
}

/** As the engine calls them; `stopped` is Podman's. */
const ENDED: readonly string[] = ['exited', 'dead', 'stopped'];

/** How a container ended. */
export interface ContainerEnd {
  /** Of its main process; 128 and a signal's number where one ended it. */
  status: number;
  /** True where the kernel ended a process of it for want of memory. */
  outOfMemory: boolean;
  /** True where the engine went away rather than the program. */
  lost: boolean;
}

export interface SandboxContainer {
  readonly id: string;
  /** Tar archives, unpacked before it starts. */
  put(archive: Readable): Promise<void>;
  start(): Promise<void>;
  /** Settles when it has ended and its last lines have come. */
  readonly ended: Promise<ContainerEnd>;
  /** True before `ended` settles, which takes a while more. */
  hasEnded(): Promise<boolean>;
  /** To its main process. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** All of it, paused or not. */
  kill(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Kills it too. */
  remove(): Promise<void>;
}

/**
 * Makes a container for a stranger's program.
 * @throws {LabsError} `environment`: the engine does not make it
 */
export async function createContainer(plan: ContainerPlan): Promise<SandboxContainer> {
  const { docker, name, profile } = plan;
  const container = await engine(`make the container ${name}`, () =>
    docker.createContainer({
      name,
      Image: plan.image,
      // The image's own would run before the command.
      Entrypoint: [],
      Cmd: [...plan.command],
      ...(plan.directory !== undefined && { WorkingDir: plan.directory }),
      User: `${USER.uid}:${USER.gid}`,
      Env: Object.entries(plan.env).map(([key, value]) => `${key}=${value}`),
      Labels: { ...plan.labels },
      AttachStdin: false,
      AttachStdout: true,
      AttachStderr: true,
      Healthcheck: { Test: ['NONE'] },
      HostConfig: hostConfig(profile),
    }),
  );
  const { promise: ended, resolve } = Promise.withResolvers<ContainerEnd>();

  async function start(): Promise<void> {
    try {
      await startAttached();
    } catch (error) {
      // It never ran: what waits for its end would wait for ever.
      resolve({ status: 127, outOfMemory: false, lost: false });
      throw isMissing(error) ? new NoSuchProgram() : error;
    }
  }

  async function startAttached(): Promise<void> {
    const output = await engine(`attach to ${name}`, () =>
      container.attach({ stream: true, stdout: true, stderr: true }),
    );
    const read = readOutput(output, plan);
    // Asked before it starts: a short life would be over by then.
    const over = container.wait({ condition: 'next-exit' });
    over.then(
      async ({ StatusCode }: { StatusCode: number }) => {
        await read;
        resolve({ status: StatusCode, outOfMemory: await isOutOfMemory(container), lost: false });
      },
      () => resolve({ status: 137, outOfMemory: false, lost: true }),
    );
    await engine(`start ${name}`, () => container.start());
  }

  return {
    id: container.id,
    put: (archive) =>
      engine(`copy files into ${name}`, async () => {
        await container.putArchive(archive, { path: '/' });
      }),
    start,
    ended,
    hasEnded: () =>
      container.inspect().then(
        ({ State }) => ENDED.includes(State.Status),
        () => false,
      ),
    signal: (signal) => unlessEnded(container.kill({ signal })),
    kill: () => unlessEnded(container.kill({ signal: 'SIGKILL' })),
    pause: () => unlessEnded(container.pause()),
    resume: () => unlessEnded(container.unpause()),
    remove: () => removeContainer(docker, name),
  };
}

/** Settles when all that it wrote has been read. */
async function readOutput(
  output: NodeJS.ReadWriteStream,
  { source, now, onLog }: ContainerPlan,
): Promise<void> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  readLines(stdout, { source, now, stream: 'stdout' }, onLog);
  readLines(stderr, { source, now, stream: 'stderr' }, onLog);
  const outputs = { stdout, stderr };
  output.on(
    'data',
    demultiplexer((part, name) => outputs[name].write(part)),
  );
  await new Promise<void>((resolve) => {
    output.once('end', resolve).once('close', resolve).once('error', resolve);
  });
  stdout.end();
  stderr.end();
}

async function isOutOfMemory(container: Docker.Container): Promise<boolean> {
  const found = await container.inspect().catch(() => undefined);
  return found?.State.OOMKilled === true;
}

/**
 * What has ended cannot be signalled (409, of Podman 500), and what is removed is not there (404).
 */
async function unlessEnded(request: Promise<unknown>): Promise<void> {
  await request.catch((error: unknown) => {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 404 || statusCode === 409 || statusCode === 304) return;
    if (/state improper/.test(messageOf(error))) return;
    throw environmentError(`The Docker engine does not do as asked: ${messageOf(error)}.`, {
      hint: '“labs doctor” shows what labs finds.',
      cause: error,
    });
  });
}

function isMissing(error: unknown): boolean {
  return /executable file not found|no such file or directory/i.test(messageOf(error));
}

async function engine<T>(what: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw environmentError(`Docker could not ${what}: ${messageOf(error)}.`, {
      hint: '“labs doctor” shows what labs finds; without the sandbox: --runtime process.',
      cause: error,
    });
  }
}
