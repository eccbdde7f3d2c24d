import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresTap } from '../../../src/network/postgres/tap.ts';
import { startProxy } from '../../../src/network/proxy.ts';
import type { Tap, TapFactory } from '../../../src/network/tap.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import {
  bind,
  close,
  copyData,
  copyDone,
  describe,
  execute,
  parse,
  query,
  RawClient,
  sync,
} from './raw-client.ts';

interface Said {
  readonly by: 'client' | 'server';
  readonly bytes: Buffer;
}

let server: PostgresServer;
let recording: readonly Said[];

beforeAll(async () => {
  server = await startPostgres();
  recording = await record();
});

afterAll(() => server.stop());

/** A conversation with a bit of everything, as it went over the wire. */
async function record(): Promise<Said[]> {
  const said: Said[] = [];
  const factory: TapFactory = {
    open: () => ({
      fromClient: (chunk) => said.push({ by: 'client', bytes: Buffer.from(chunk) }),
      fromUpstream: (chunk) => said.push({ by: 'server', bytes: Buffer.from(chunk) }),
      ended() {},
    }),
  };
  await using proxy = await startProxy({ name: 'recorder', upstream: server, tap: factory });
  const client = await RawClient.connect(proxy);
  client.send(query("CREATE TEMP TABLE t (n int); INSERT INTO t VALUES (1), (2); SELECT 'ä;'"));
  await client.until('Z');
  client.send(parse('SELECT n FROM t', 's'), bind('s', 'p'), describe('P', 'p'));
  client.send(execute('p', 1), execute('p', 5), close('P', 'p'), sync());
  client.send(parse('SELECT 1/n FROM t WHERE n = 0 OR 1/(n-1) > 0'), bind(), execute(), sync());
  client.send(bind('s'), execute(), sync(), query('SELEC; SELECT 2'), query(''));
  for (let cycle = 0; cycle < 5; cycle++) await client.until('Z');
  client.send(parse('COPY t FROM STDIN'), bind(), execute(), sync());
  await client.until('G');
  client.send(copyData('7\n'), copyDone(), sync());
  await client.until('Z');
  client.send(query('COPY t TO STDOUT'));
  await client.until('Z');
  client.send(query('SELECT pg_terminate_backend(pg_backend_pid()); SELECT 1'));
  await client.until('E');
  return said;
}

/** What a fresh tap makes of a conversation. */
function replay(said: Iterable<Said>) {
  let now = 0;
  const { factory, tap } = postgresTap({ clock: () => now++ });
  const listening: Tap = factory.open(1);
  for (const { by, bytes } of said) {
    // Lent: what a tap keeps has to be its own.
    const lent = Buffer.from(bytes);
    if (by === 'client') listening.fromClient(lent);
    else listening.fromUpstream(lent);
    lent.fill(0xee);
  }
  listening.ended();
  return {
    opaque: tap.opaqueSince(0),
    pending: tap.pending(),
    records: tap.statements().map(({ startedAt, durationMs, ...record }) => record),
  };
}

const split = ({ by, bytes }: Said, at: number): Said[] => [
  { by, bytes: bytes.subarray(0, at) },
  { by, bytes: bytes.subarray(at) },
];

test('the recording holds what it should', () => {
  const { opaque, pending, records } = replay(recording);
  expect({ opaque, pending }).toEqual({ opaque: [], pending: [] });
  expect(
    records.map(({ sql, command, rows, error }) => [sql, command ?? error?.code, rows]),
  ).toEqual([
    ['CREATE TEMP TABLE t (n int)', 'CREATE TABLE', undefined],
    ['INSERT INTO t VALUES (1), (2)', 'INSERT 0 2', 2],
    ["SELECT 'ä;'", 'SELECT 1', 1],
    ['SELECT n FROM t', 'SELECT 1', 2],
    ['SELECT 1/n FROM t WHERE n = 0 OR 1/(n-1) > 0', '22012', undefined],
    ['SELECT n FROM t', 'SELECT 2', 2],
    ['SELEC', '42601', undefined],
    ['COPY t FROM STDIN', 'COPY 1', 1],
    ['COPY t TO STDOUT', 'COPY 3', 3],
    ['SELECT pg_terminate_backend(pg_backend_pid())', '57P01', undefined],
  ]);
});

test('cut in two at any byte, it gives the same records', () => {
  const expected = replay(recording);
  recording.forEach((said, index) => {
    for (let at = 1; at < said.bytes.length; at++) {
      const cut = [...recording.slice(0, index), ...split(said, at), ...recording.slice(index + 1)];
      expect(replay(cut)).toEqual(expected);
    }
  });
});

test('byte by byte, it gives the same records', () => {
  const bytes = recording.flatMap(({ by, bytes }) =>
    [...bytes].map((byte) => ({ by, bytes: Buffer.from([byte]) })),
  );
  expect(replay(bytes)).toEqual(replay(recording));
});

test('in chunks of any sizes, joined or cut, it gives the same records', () => {
  const expected = replay(recording);
  const random = generator(42);
  for (let round = 0; round < 500; round++) expect(replay(rechunk(random))).toEqual(expected);
});

test('damaged anywhere, it never throws, and does not pretend', () => {
  const random = generator(7);
  for (let round = 0; round < 2_000; round++) {
    const index = Math.floor(random() * recording.length);
    const damaged = recording.map(({ by, bytes }) => ({ by, bytes: Buffer.from(bytes) }));
    const { bytes } = damaged[index] as Said;
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 + Math.floor(random() * 255));
    // The proxy shields a connection from errors; here they become opaque the same way.
    const { factory } = postgresTap();
    const tap = factory.open(1);
    try {
      for (const said of damaged) {
        if (said.by === 'client') tap.fromClient(said.bytes);
        else tap.fromUpstream(said.bytes);
      }
    } catch (error) {
      expect((error as Error).name).toBe('ProtocolError');
    }
  }
});

function rechunk(random: () => number): Said[] {
  const result: Said[] = [];
  for (const { by, bytes } of recording) {
    const last = result.at(-1);
    // Joined with what came before in the same direction, then cut anew.
    const joined = last?.by === by ? Buffer.concat([(result.pop() as Said).bytes, bytes]) : bytes;
    let at = 0;
    while (at < joined.length) {
      const end = Math.min(joined.length, at + 1 + Math.floor(random() ** 3 * 200));
      result.push({ by, bytes: joined.subarray(at, end) });
      at = end;
    }
  }
  return result;
}

/** Numbers in [0, 1) that are the same in each run: a linear congruential generator. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
