import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sweepContainers } from '../../../src/docker/sweep.ts';
import {
  findRuns,
  isOwnerAlive,
  type RunDirectory,
  type RunOwner,
} from '../../../src/platform/run-directory.ts';
import { createDockerProvider } from '../../../src/services/docker/provider.ts';
import type { PostgresRequest } from '../../../src/services/port.ts';
import { withClient } from '../../../src/services/postgres/connection.ts';
import { quiet, type Scratch, scratch, writeContext } from '../../unit/services/scratch.ts';
import { engine, noEngine, titled } from './engine-of-this-machine.ts';

const execFileAsync = promisify(execFile);
const REQUEST: PostgresRequest = {
  version: '17',
  schema: "CREATE TABLE notes (id int, text text); INSERT INTO notes VALUES (1, 'from the schema')",
};

const docker = async (...args: string[]) => (await execFileAsync('docker', args)).stdout.trim();
const lines = (text: string) => text.split('\n').filter((line) => line !== '');
const containersOf = async (runId: string) =>
  lines(
    await docker('ps', '--all', '--format', '{{.Names}}', '--filter', `label=labs.run=${runId}`),
  );
const isDead = async (owner: RunOwner) => !(await isOwnerAlive(owner));

/** What a sweep removes of a run; others may leave something at the same time. */
const sweptOf = async (runId: string) =>
  (await sweepContainers(process.env, isDead)).filter((name) => name.includes(runId));

/** What the engine still has of a run. */
async function remainsOf(runId: string): Promise<string[]> {
  const label = ['--filter', `label=labs.run=${runId}`];
  const [networks, volumesLeft] = await Promise.all([
    docker('network', 'ls', '--format', '{{.Name}}', ...label),
    docker('volume', 'ls', '--quiet', ...label),
  ]);
  return [
    ...(await containersOf(runId)).map((name) => `container ${name}`),
    ...lines(networks).map((name) => `network ${name}`),
    ...lines(volumesLeft).map((name) => `volume ${name}`),
  ];
}

function postgres(run: RunDirectory, request = REQUEST) {
  return createDockerProvider({ engine, run, isDead }).postgres(request);
}

describe.skipIf(noEngine !== undefined)(titled('Postgres in Docker'), () => {
  test('serves this machine alone, from memory, and leaves nothing', async () => {
    await using place = await scratch();
    const run = await place.newRun();
    const resource = postgres(run);
    try {
      const server = await resource.setup(quiet());
      const [name] = await containersOf(run.id);
      expect(server.version).toMatch(/^PostgreSQL \d+\.\d+$/);
      expect(server.address).toEqual({ host: '127.0.0.1', port: expect.any(Number) });
      const { port } = server.address as { port: number };
      expect(await docker('port', name!)).toBe(`5432/tcp -> 127.0.0.1:${port}`);
      for (const address of foreignAddresses())
        await expect(reach(address, port)).rejects.toThrow('ECONNREFUSED');

      const { HostConfig, Config, Mounts } = JSON.parse(await docker('inspect', name!))[0];
      expect(HostConfig).toMatchObject({ Memory: 2 ** 30, MemorySwap: 2 ** 30, PidsLimit: 1024 });
      expect(HostConfig.LogConfig.Config['max-size']).toBe('5m');
      expect(Config.Labels).toMatchObject({
        'labs.run': run.id,
        'labs.owner.host': run.owner.host,
        'labs.owner.pid': String(process.pid),
        'labs.owner.started': run.owner.started,
      });
      // No volume, of which an engine would keep no owner.
      expect(Mounts).toEqual([]);

      const [a, b] = await Promise.all([server.createDatabase(), server.createDatabase()]);
      const app = { ...a!.grader, ...server.role };
      await withClient(app, async (client) => {
        await client.query("INSERT INTO notes VALUES (2, 'only in a')");
        expect(
          (await client.query('SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).rows,
        ).toEqual([{ rolsuper: false }]);
        await expect(client.query("SELECT pg_read_file('/etc/passwd')")).rejects.toThrow(
          'permission denied',
        );
      });
      await withClient(b!.grader, async (client) => {
        expect((await client.query('SELECT * FROM notes')).rowCount).toBe(1);
      });
      await withClient({ ...server.admin, database: b!.name }, async (client) => {
        const { rows } = await client.query("SELECT current_setting('data_directory') AS data");
        expect(await docker('exec', name!, 'df', '--output=fstype', rows[0].data)).toMatch(
          /tmpfs$/,
        );
        await b!.drop();
        await expect(client.query('SELECT 1')).rejects.toThrow();
      });
      await expect(withClient({ ...app, database: 'postgres' }, async () => {})).rejects.toThrow(
        'permission denied',
      );
      await expect(
        withClient({ ...a!.grader, password: 'guessed' }, async () => {}),
      ).rejects.toThrow('password authentication failed');
    } finally {
      await resource.teardown();
    }
    expect(await remainsOf(run.id)).toEqual([]);
    await resource.teardown();
  });

  test('an abort leaves nothing, whenever it comes', async () => {
    await using place = await scratch();
    for (const afterMs of [0, 20, 80, 150, 250, 400, 800, 1_500, 1_900]) {
      const run = await place.newRun();
      const resource = postgres(run);
      const controller = new AbortController();
      const setup = resource.setup(quiet(controller.signal)).then(
        () => 'ready' as const,
        (error: unknown) => error,
      );
      const timer = setTimeout(() => controller.abort(new Error('enough')), afterMs);
      const outcome = await setup;
      clearTimeout(timer);
      if (outcome !== 'ready') expect(outcome).toBe(controller.signal.reason);
      await resource.teardown();
      expect(await containersOf(run.id)).toEqual([]);
    }
  });

  test('an abort does not wait for an engine that does not answer', async () => {
    await using place = await scratch();
    const asked = Promise.withResolvers<ServerResponse>();
    await relayTo(place, (outgoing) => asked.resolve(outgoing));
    const { child, said, runs } = await startThrough(place);
    const unanswered = await asked.promise;
    const [run] = await findRuns(runs);
    expect(await containersOf(run!.id)).toHaveLength(1);
    child.kill('SIGUSR2');
    await expect.poll(said).toEqual([{ message: 'enough' }]);
    // What it asked for may still come: the undoing waits for that.
    unanswered.destroy();
    await once(child, 'close');
    expect(said()).toHaveLength(1);
    expect(await remainsOf(run!.id)).toEqual([]);
  });

  test('says how to mend an image that cannot be pulled', async () => {
    await using place = await scratch();
    const resource = postgres(await place.newRun(), { ...REQUEST, version: '999' });
    await expect(resource.setup(quiet())).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining('The image postgres:999-alpine cannot be pulled'),
      hint: expect.stringContaining('docker pull postgres:999-alpine'),
    });
    await resource.teardown();
  });

  test('a schema that does not apply is a bug of the lab', async () => {
    await using place = await scratch();
    const run = await place.newRun();
    const resource = postgres(run, { ...REQUEST, schema: 'CREATE TABEL t ()' });
    await expect(resource.setup(quiet())).rejects.toMatchObject({ kind: 'bug' });
    await resource.teardown();
    expect(await containersOf(run.id)).toEqual([]);
  });

  test('an engine that goes away is the environment’s fault', async () => {
    await using place = await scratch();
    const gone = Promise.withResolvers<void>();
    const relay = await relayTo(place, () => {
      relay.closeAllConnections();
      relay.close(() => gone.resolve());
    });
    const { child, said } = await startThrough(place);
    await once(child, 'close');
    await gone.promise;
    const [failed, undone] = said();
    expect(failed).toMatchObject({ kind: 'environment', message: expect.stringMatching(/Docker/) });
    expect(undone).toMatchObject({
      kind: 'environment',
      message: expect.stringContaining('was not removed'),
      hint: expect.stringContaining('docker rm --force'),
    });
    const [container] = /labs-\w+-postgres-1/.exec(undone.message)!;
    const runId = container.split('-')[1]!;
    await sweptOf(runId);
    expect(await remainsOf(runId)).toEqual([]);
  });

  test('what a killed run left is swept, and nothing else', async () => {
    await using place = await scratch();
    const liveRun = await place.newRun();
    const live = postgres(liveRun);
    await live.setup(quiet());
    const program = fileURLToPath(new URL('programs/start-and-wait.ts', import.meta.url));
    const child = spawn(process.execPath, [program, path.join(place.directory, 'runs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const { ready: runId } = JSON.parse(line);
    const labels = await labelsOf(runId);
    await docker('network', 'create', ...labels, `labs-${runId}-net`);
    await docker('volume', 'create', ...labels, `labs-${runId}-volume`);
    expect(await sweptOf(runId)).toEqual([]);
    const left = [
      `container labs-${runId}-postgres-1`,
      `network labs-${runId}-net`,
      `volume labs-${runId}-volume`,
    ];
    expect(await remainsOf(runId)).toEqual(left);
    child.kill('SIGKILL');
    await closed;
    // Other tests start runs, and every run sweeps: what is gone already was swept by one of them.
    expect(left).toEqual(expect.arrayContaining(await sweptOf(runId)));
    expect(await remainsOf(runId)).toEqual([]);
    expect(await containersOf(liveRun.id)).toHaveLength(1);
    await live.teardown();
  });
});

const socketOf = ({ directory }: Scratch) => path.join(directory, 'engine.sock');

/** Stands between labs and the real engine, and has another answer to the start of a container. */
async function relayTo(place: Scratch, onStart: (outgoing: ServerResponse) => void) {
  const relay = createServer((incoming, outgoing) => {
    if (incoming.url?.endsWith('/start')) return onStart(outgoing);
    const { method, url, headers } = incoming;
    const socketPath = engine.endpoint.url.replace('unix://', '');
    const onward = request({ socketPath, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  onTestFinished(() => void relay.close());
  relay.listen(socketOf(place));
  await once(relay, 'listening');
  return relay;
}

/** A process that starts a container through the relay. */
async function startThrough(place: Scratch) {
  const program = fileURLToPath(new URL('programs/start-and-wait.ts', import.meta.url));
  const runs = path.join(place.directory, 'runs');
  const child = spawn(process.execPath, [program, runs], {
    env: { ...process.env, DOCKER_HOST: '', HOME: await homeWithContext(place) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  return { child, said: () => said.map((line) => JSON.parse(line)), runs };
}

/** The relay is chosen as Colima would be: testcontainers by itself would not look there. */
async function homeWithContext(place: Scratch): Promise<string> {
  await writeContext(place, 'relay', `unix://${socketOf(place)}`);
  await writeFile(
    path.join(place.directory, '.docker/config.json'),
    JSON.stringify({ currentContext: 'relay' }),
  );
  return place.directory;
}

async function labelsOf(runId: string): Promise<string[]> {
  const [name] = await containersOf(runId);
  const labels = JSON.parse(await docker('inspect', '--format', '{{json .Config.Labels}}', name!));
  return Object.entries(labels)
    .filter(([key]) => key.startsWith('labs.'))
    .flatMap(([key, value]) => ['--label', `${key}=${value}`]);
}

/** Addresses of this machine by which others would reach it. */
function foreignAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
}

async function reach(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}
