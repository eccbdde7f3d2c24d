import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ASKED_FOR_MS, findEngine } from '../../../src/docker/engine.ts';
import { scratch, writeContext } from './scratch.ts';

const VERSION = JSON.stringify({ Version: '28.0.1', ApiVersion: '1.48' });

/** Speaks as an engine does, as far as the ping asks. */
async function listen(where: string | number, answer: RequestListener) {
  const server = createServer(answer);
  if (typeof where === 'string') server.listen(where);
  else server.listen(where, '127.0.0.1');
  await once(server, 'listening');
  const end = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { server, [Symbol.asyncDispose]: end };
}

/** Of a machine that may be slow just now. */
const find = (env: Parameters<typeof findEngine>[0]) => findEngine(env, ASKED_FOR_MS);

const engine: RequestListener = (_, response) => response.end(VERSION);

test('answers at the socket that DOCKER_HOST names', async () => {
  await using place = await scratch();
  const socket = path.join(place.directory, 'd.sock');
  await using _ = await listen(socket, engine);
  expect(await find({ DOCKER_HOST: `unix://${socket}` })).toEqual({
    answers: true,
    version: '28.0.1',
    apiVersion: '1.48',
    endpoint: { url: `unix://${socket}`, namedBy: 'DOCKER_HOST' },
  });
});

test('answers over TCP', async () => {
  await using listening = await listen(0, engine);
  const { port } = listening.server.address() as AddressInfo;
  expect(await find({ DOCKER_HOST: `tcp://127.0.0.1:${port}` })).toMatchObject({
    answers: true,
  });
});

test('follows the current context, unless DOCKER_CONTEXT names another', async () => {
  await using place = await scratch();
  const socket = path.join(place.directory, 'colima.sock');
  await using _ = await listen(socket, engine);
  await writeContext(place, 'colima', `unix://${socket}`);
  await writeFile(
    path.join(place.directory, '.docker/config.json'),
    JSON.stringify({ currentContext: 'colima' }),
  );
  const HOME = place.directory;
  expect(await find({ HOME })).toMatchObject({
    answers: true,
    endpoint: { namedBy: 'Docker context “colima”' },
  });
  expect(await find({ HOME, DOCKER_CONTEXT: 'gone' })).toEqual({
    answers: false,
    reason: 'Docker context “gone” is chosen, but there is none of that name',
  });
});

test('finds Colima where it puts its socket', async () => {
  await using place = await scratch();
  await mkdir(path.join(place.directory, '.colima/default'), { recursive: true });
  const socket = path.join(place.directory, '.colima/default/docker.sock');
  await using _ = await listen(socket, engine);
  const found = await find({ HOME: place.directory, XDG_RUNTIME_DIR: place.directory });
  // A machine that has an engine in the first place of all answers from there.
  expect(found).toMatchObject({ answers: true });
});

test.each([
  ['unix:///nowhere/docker.sock', 'DOCKER_HOST says /nowhere/docker.sock: it is not there'],
  ['tcp://127.0.0.1:1', 'DOCKER_HOST says tcp://127.0.0.1:1: nothing listens there'],
  [
    'ssh://me@host',
    'DOCKER_HOST says ssh://me@host: labs speaks to engines over unix:// and tcp:// only',
  ],
  ['nonsense', 'DOCKER_HOST says nonsense: labs speaks to engines over unix:// and tcp:// only'],
])('says that DOCKER_HOST=%s is of no use', async (DOCKER_HOST, reason) => {
  expect(await find({ DOCKER_HOST })).toEqual({ answers: false, reason });
});

test('waits for a second, and no longer', async () => {
  await using place = await scratch();
  const socket = path.join(place.directory, 'silent.sock');
  await using _ = await listen(socket, () => {});
  const before = performance.now();
  expect(await findEngine({ DOCKER_HOST: `unix://${socket}` })).toEqual({
    answers: false,
    reason: `DOCKER_HOST says ${socket}: silent for 1 s`,
  });
  expect(performance.now() - before).toBeLessThan(10_000);
});

test('waits longer where Docker was asked for', async () => {
  await using place = await scratch();
  const socket = path.join(place.directory, 'slow.sock');
  await using _ = await listen(socket, (request, response) => {
    setTimeout(engine, 1_500, request, response);
  });
  const DOCKER_HOST = `unix://${socket}`;
  expect(await findEngine({ DOCKER_HOST })).toMatchObject({ answers: false });
  expect(await find({ DOCKER_HOST })).toMatchObject({ answers: true });
});

test.each([
  [
    (_: unknown, response: { end(text: string): void }) => response.end('hello'),
    /no Docker engine|JSON/,
  ],
  [
    (_: unknown, response: { end(text: string): void }) => response.end('null'),
    /what answers is no Docker engine/,
  ],
] as const)('takes nothing else for an engine', async (answer, reason) => {
  await using place = await scratch();
  const socket = path.join(place.directory, 'web.sock');
  await using _ = await listen(socket, answer);
  expect(await find({ DOCKER_HOST: `unix://${socket}` })).toEqual({
    answers: false,
    reason: expect.stringMatching(reason),
  });
});
