import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type RunningProxy, startProxy } from '../../../../src/network/proxy.ts';
import { CONNECTION_LOST } from '../../../../src/network/redis/command.ts';
import { type RedisTap, redisTap } from '../../../../src/network/redis/tap.ts';
import { WaitTimeout } from '../../../../src/network/waits.ts';
import { brief } from './conversation.ts';
import {
  command,
  noRedis,
  RawRedis,
  type RedisServer,
  startRedis,
  titled,
} from './redis-server.ts';

describe.skipIf(noRedis)(titled('a conversation with a real Redis'), () => {
  let server: RedisServer;
  let direct: RawRedis;
  let proxy: RunningProxy;
  let tap: RedisTap;
  let client: RawRedis;

  beforeAll(async () => {
    server = await startRedis('--enable-debug-command', 'yes', '--requirepass', 'pw');
    direct = await RawRedis.connect(server);
    direct.lines('AUTH pw');
    await direct.until('+OK\r\n');
  });

  afterAll(async () => {
    direct?.close();
    await server?.stop();
  });

  beforeEach(async () => {
    await say(direct, 'FLUSHALL', 'CONFIG RESETSTAT');
    const { factory, tap: watching } = redisTap();
    tap = watching;
    proxy = await startProxy({ name: 'redis', upstream: server, tap: factory });
    client = await RawRedis.connect(proxy);
    client.lines('AUTH pw');
    await client.until('+OK\r\n');
  });

  afterEach(async () => {
    vi.useRealTimers();
    client.close();
    await proxy.close();
  });

  let said = 0;

  /** Sends lines at once and waits for the answers to all. */
  async function say(to: RawRedis, ...lines: string[]): Promise<string> {
    const end = `end${++said}`;
    to.lines(...lines, `ECHO ${end}`);
    return to.until(`$${end.length}\r\n${end}\r\n`);
  }

  /** What the tap makes of it, without the login and the ends of `say`. */
  function briefs(): string[] {
    expect(tap.opaqueSince(0)).toEqual([]);
    expect(tap.pending()).toEqual([]);
    const own = tap.commands().filter(({ name }) => name !== 'AUTH' && name !== 'ECHO');
    return own.map(brief);
  }

  test('errors are those of their commands', async () => {
    await say(client, 'SET a x', 'INCR a', 'NOSUCH', 'GET a b', 'GET a');
    expect(briefs()).toEqual([
      'SET a x',
      'INCR a: ERR value is not an integer or out of range',
      "NOSUCH: ERR unknown command 'NOSUCH', with args beginning with: ",
      "GET a b: ERR wrong number of arguments for 'get' command",
      'GET a',
    ]);
  });

  test('a login that fails, and commands before one', async () => {
    const other = await RawRedis.connect(proxy);
    other.lines('GET a', 'AUTH nope', 'AUTH pw', 'GET a');
    await other.until('$-1\r\n');
    expect(briefs()).toEqual(['GET a: NOAUTH Authentication required.', 'GET a']);
    const logins = tap.commands().filter(({ name }) => name === 'AUTH');
    expect(logins.map(({ error }) => error?.split(' ')[0])).toEqual([
      undefined,
      'WRONGPASS',
      undefined,
    ]);
    other.close();
  });

  test('a pipeline of 1,000, in one write', async () => {
    const lines = Array.from({ length: 1_000 }, (_, n) => `SET k${n} ${n}`);
    await say(client, ...lines);
    expect(briefs()).toEqual(lines);
  });

  test('a transaction: its commands are answered by its EXEC', async () => {
    await say(client, 'SET s x', 'MULTI', 'INCR a', 'INCR s', 'LRANGE l 0 -1', 'EXEC', 'GET a');
    expect(briefs()).toEqual([
      'SET s x',
      'MULTI',
      'INCR a (in transaction)',
      'INCR s (in transaction): ERR value is not an integer or out of range',
      'LRANGE l 0 -1 (in transaction)',
      'EXEC',
      'GET a',
    ]);
  });

  test('what is queued is pending', async () => {
    client.lines('MULTI', 'INCR a');
    await client.until('+QUEUED\r\n');
    expect(tap.pending().map(({ name }) => name)).toEqual(['INCR']);
    client.lines('DISCARD');
    await client.until('+OK\r\n');
    expect(briefs()).toEqual(['MULTI', 'DISCARD']);
  });

  test('transactions that run nothing', async () => {
    await say(client, 'MULTI', 'EXEC');
    await say(client, 'MULTI', 'SET a 1', 'DISCARD', 'EXEC');
    await say(client, 'MULTI', 'SET a 1', 'SET a', 'MULTI', 'WATCH b', 'EXEC', 'GET a');
    await say(client, 'MULTI', 'SET a 1', 'RESET', 'AUTH pw', 'GET a');
    expect(briefs()).toEqual([
      'MULTI',
      'EXEC',
      'MULTI',
      'DISCARD',
      'EXEC: ERR EXEC without MULTI',
      'MULTI',
      "SET a (in transaction): ERR wrong number of arguments for 'set' command",
      'MULTI: ERR MULTI calls can not be nested',
      'WATCH b (in transaction): ERR WATCH inside MULTI is not allowed',
      'EXEC: EXECABORT Transaction discarded because of previous errors.',
      'GET a',
      'MULTI',
      'RESET',
      'GET a',
    ]);
  });

  test.each([2, 3])('RESP%i: a watched key that changes aborts the EXEC', async (version) => {
    await say(client, `HELLO ${version}`, 'WATCH a');
    await say(direct, 'SET a 2');
    await say(client, 'MULTI', 'SET a 1', 'EXEC', 'GET a');
    expect(briefs().slice(1)).toEqual(['WATCH a', 'MULTI', 'EXEC (aborted)', 'GET a']);
  });

  test('a client that goes before EXEC has run nothing; one that goes after it, who knows', async () => {
    client.lines('MULTI', 'SET a 1');
    await client.until('+QUEUED\r\n');
    client.close();
    const other = await RawRedis.connect(proxy);
    other.lines('AUTH pw', 'MULTI', 'SET b 1');
    await other.until('+QUEUED\r\n');
    proxy.faults.blackhole();
    other.lines('EXEC', 'GET b');
    await tap.waitFor(({ name }) => name === 'GET', { timeoutMs: 5_000 });
    await proxy.faults.restore();
    await expect.poll(() => tap.pending()).toEqual([]);
    expect(briefs()).toEqual([
      'MULTI',
      'MULTI',
      `SET b 1 (in transaction): ${CONNECTION_LOST}`,
      `EXEC: ${CONNECTION_LOST}`,
      `GET b: ${CONNECTION_LOST}`,
    ]);
  });

  test('scripts are known by their keys; what they run is not on the wire', async () => {
    const loaded = await say(client, `SCRIPT LOAD "return redis.call('SET', KEYS[1], ARGV[1])"`);
    const sha = /[0-9a-f]{40}/.exec(loaded)?.[0];
    await say(client, `EVALSHA ${sha} 1 k v`, 'EVALSHA nope 1 k v');
    await say(client, `EVAL "return {1, {'message', 'a', 'b'}, false}" 0`);
    const records = tap
      .commands()
      .filter(({ name }) => name !== 'ECHO')
      .slice(1);
    expect(records.map(({ name, keys, error }) => [name, keys, error?.split(' ')[0]])).toEqual([
      ['SCRIPT LOAD', [], undefined],
      ['EVALSHA', ['k'], undefined],
      ['EVALSHA', ['k'], 'NOSCRIPT'],
      ['EVAL', [], undefined],
    ]);
  });

  test('the database is that of the command’s turn', async () => {
    client.lines('SET a 1', 'SELECT 3', 'SET a 1', 'SELECT 99', 'SET a 1', 'MULTI', 'SELECT 5');
    await say(client, 'SET a 1', 'EXEC', 'SET a 1', 'RESET', 'AUTH pw', 'SET a 1');
    const sets = tap.commands().filter(({ name }) => name === 'SET');
    expect(sets.map(({ database }) => database)).toEqual([0, 3, 3, 5, 5, 0]);
    client.lines('SELECT 7', 'BLPOP none 0');
    expect((await tap.waitFor(({ name }) => name === 'BLPOP', { timeoutMs: 5_000 })).database).toBe(
      7,
    );
  });

  test('a blocking pop is pending until it is served', async () => {
    client.lines('BLPOP q 0', 'GET a');
    await tap.waitFor(({ name }) => name === 'GET', { timeoutMs: 5_000 });
    expect(tap.pending().map(({ name }) => name)).toEqual(['BLPOP', 'GET']);
    const answered = tap.waitForAnswer(({ name }) => name === 'BLPOP', { timeoutMs: 5_000 });
    await say(direct, 'RPUSH q x');
    expect(await answered).toMatchObject({ args: ['q', '0'], keys: ['q'], inTransaction: false });
    await client.until('$-1\r\n');
    expect(briefs()).toEqual(['BLPOP q 0', 'GET a']);
  });

  test('blocking reads of a stream, and blocked clients that are let go', async () => {
    await say(client, 'XGROUP CREATE s g $ MKSTREAM');
    client.lines(
      'CLIENT ID',
      'XREADGROUP GROUP g c BLOCK 0 STREAMS s >',
      'WAIT 1 1',
      'BRPOPLPUSH a b 0',
    );
    await tap.waitFor(({ name }) => name === 'BRPOPLPUSH', { timeoutMs: 5_000 });
    await say(direct, 'XADD s * f v');
    await tap.waitForAnswer(({ name }) => name === 'WAIT', { timeoutMs: 5_000, since: 0 });
    const id = /:(\d+)/.exec(await client.until('\r\n'))?.[1];
    await expect.poll(() => say(direct, `CLIENT UNBLOCK ${id} ERROR`)).toContain(':1');
    await client.until('-UNBLOCKED');
    expect(briefs().slice(1)).toEqual([
      'CLIENT ID',
      'XREADGROUP GROUP g c BLOCK 0 STREAMS s >',
      'WAIT 1 1',
      'BRPOPLPUSH a b 0: UNBLOCKED client unblocked via CLIENT UNBLOCK',
    ]);
  });

  test.each([2, 3])('RESP%i: subscriptions, messages among answers', async (version) => {
    client.lines(`HELLO ${version}`, 'SUBSCRIBE a b a', 'PSUBSCRIBE c*', 'SSUBSCRIBE s', 'PING');
    await client.until('ssubscribe\r\n$1\r\ns\r\n:1\r\n');
    await client.until(version === 2 ? 'pong\r\n$0\r\n\r\n' : '+PONG\r\n');
    await say(direct, 'PUBLISH a 1', 'PUBLISH cc 2', 'SPUBLISH s 3');
    await client.until('$8\r\nsmessage\r\n$1\r\ns\r\n$1\r\n3\r\n');
    client.lines('UNSUBSCRIBE', 'SUNSUBSCRIBE', 'PUNSUBSCRIBE c* x', 'PUNSUBSCRIBE');
    await say(client, 'RPUSH l message a b', 'LRANGE l 0 -1', 'UNSUBSCRIBE', 'GET a');
    expect(briefs().slice(1)).toEqual([
      'SUBSCRIBE a b a',
      'PSUBSCRIBE c*',
      'SSUBSCRIBE s',
      'PING',
      'UNSUBSCRIBE',
      'SUNSUBSCRIBE',
      'PUNSUBSCRIBE c* x',
      'PUNSUBSCRIBE',
      'RPUSH l message a b',
      'LRANGE l 0 -1',
      'UNSUBSCRIBE',
      'GET a',
    ]);
  });

  test('a subscriber in RESP2 is refused all else, and may leave by RESET or QUIT', async () => {
    client.lines('SUBSCRIBE a', 'GET a', 'SUBSCRIBE', 'RESET', 'AUTH pw', 'SUBSCRIBE b', 'QUIT');
    await client.until('+OK\r\n+RESET\r\n'.slice(5));
    await expect.poll(() => tap.pending()).toEqual([]);
    expect(briefs().map((text) => text.replace(/: ERR .*/, ': ERR'))).toEqual([
      'SUBSCRIBE a',
      'GET a: ERR',
      'SUBSCRIBE: ERR',
      'RESET',
      'SUBSCRIBE b',
      'QUIT',
    ]);
  });

  test.each([2, 3])('RESP%i: a subscription in a transaction', async (version) => {
    client.lines(
      `HELLO ${version}`,
      'MULTI',
      'SUBSCRIBE a b',
      'PUBLISH a hi',
      'UNSUBSCRIBE',
      'PING',
      'EXEC',
    );
    await say(client, 'GET a');
    expect(briefs().slice(1)).toEqual([
      'MULTI',
      'SUBSCRIBE a b (in transaction)',
      'PUBLISH a hi (in transaction)',
      'UNSUBSCRIBE (in transaction)',
      'PING (in transaction)',
      'EXEC',
      'GET a',
    ]);
  });

  test('RESP3 from within a transaction', async () => {
    await say(client, 'MULTI', 'HELLO 3', 'SMEMBERS s', 'EXEC', 'HGETALL h');
    expect(briefs()).toEqual([
      'MULTI',
      'HELLO 3 (in transaction)',
      'SMEMBERS s (in transaction)',
      'EXEC',
      'HGETALL h',
    ]);
  });

  test('RESP3 and all its types', async () => {
    const types = 'string integer double null array set map attrib push verbatim true false'.split(
      ' ',
    );
    const lines = ['HELLO 3', ...types.map((type) => `DEBUG PROTOCOL ${type}`), 'HELLO 9'];
    await say(client, ...lines, 'DEBUG PROTOCOL bignum', 'GET a');
    const found = briefs();
    expect(found).toHaveLength(lines.length + 2);
    expect(found.filter((text) => text.includes(': '))).toEqual([
      'HELLO 9: NOPROTO unsupported protocol version',
    ]);
  });

  test('client-side caching: invalidations answer nothing', async () => {
    await say(
      client,
      'HELLO 3',
      'CLIENT TRACKING ON',
      'GET a',
      'MULTI',
      'SET a 1',
      'GET a',
      'EXEC',
    );
    await say(direct, 'SET a 2', 'FLUSHALL');
    await client.until('invalidate\r\n_\r\n');
    await say(client, 'GET a');
    expect(briefs().slice(2)).toEqual([
      'GET a',
      'MULTI',
      'SET a 1 (in transaction)',
      'GET a (in transaction)',
      'EXEC',
      'GET a',
    ]);
  });

  test('CLIENT REPLY: what is not answered counts all the same', async () => {
    await say(
      client,
      'CLIENT REPLY SKIP',
      'SET a 1',
      'GET a',
      'CLIENT REPLY SKIP',
      'CLIENT REPLY ON',
    );
    await say(
      client,
      'CLIENT REPLY OFF',
      'SET b 1',
      'SELECT 2',
      'MULTI',
      'SET c 1',
      'EXEC',
      'CLIENT REPLY ON',
      'GET c',
    );
    await say(client, 'CLIENT REPLY OFF', 'RESET', 'AUTH pw', 'CLIENT REPLY NONSENSE');
    await say(client, 'PING');
    expect(briefs()).toEqual([
      'CLIENT REPLY SKIP (unanswered)',
      'SET a 1 (unanswered)',
      'GET a',
      'CLIENT REPLY SKIP (unanswered)',
      'CLIENT REPLY ON',
      'CLIENT REPLY OFF (unanswered)',
      'SET b 1 (unanswered)',
      'SELECT 2 (unanswered)',
      'MULTI (unanswered)',
      'SET c 1 (in transaction, unanswered)',
      'EXEC (unanswered)',
      'CLIENT REPLY ON',
      'GET c',
      'CLIENT REPLY OFF (unanswered)',
      'RESET',
      'CLIENT REPLY NONSENSE: ERR syntax error',
      'PING',
    ]);
    expect(tap.commands().find(({ args }) => args[0] === 'c')?.database).toBe(2);
  });

  test('CLIENT REPLY where nobody can tell what is answered makes the connection opaque', async () => {
    client.lines('MULTI', 'CLIENT REPLY OFF', 'PING', 'EXEC');
    await expect.poll(() => tap.opaqueSince(0)).toHaveLength(1);
    const other = await RawRedis.connect(proxy);
    other.lines('AUTH pw', 'CLIENT REPLY OFF', 'SUBSCRIBE a');
    await expect.poll(() => tap.opaqueSince(0).map(({ reason }) => reason)).toHaveLength(2);
    expect(tap.pending()).toEqual([]);
    other.close();
    await say(direct, 'GET a');
    const mark = tap.mark();
    expect(tap.opaqueSince(mark)).toEqual([]);
    client.lines('GET a');
    await expect
      .poll(() => tap.opaqueSince(mark))
      .toMatchObject([{ connection: 1, byClient: true }]);
    expect(tap.opaqueSince(tap.mark())).toEqual([]);
    expect(tap.since(mark)).toEqual([]);
    expect(tap.excessSince(mark)).toBeUndefined();
  });

  test('MONITOR: what it tells answers nothing', async () => {
    await say(client, 'MONITOR');
    await say(direct, 'SET a 1', 'GET a');
    await client.until('"GET" "a"');
    await say(client, 'MONITOR', 'PING', 'GET a', 'RESET', 'AUTH pw', 'GET a');
    expect(briefs()).toEqual([
      'MONITOR',
      'MONITOR (unanswered)',
      'PING',
      "GET a: ERR Replica can't interact with the keyspace",
      'RESET',
      'GET a',
    ]);
  });

  test('bigger than any buffer, and binary', async () => {
    const key = Buffer.from([0, 1, 254, 255, 13, 10]);
    const value = Buffer.alloc(10_000_000, 'v');
    client.socket.write(Buffer.concat([command('SET', key, value), command('GET', key)]));
    await client.until('v\r\n');
    await say(client);
    const [, set, get] = tap.commands();
    expect(set).toMatchObject({ name: 'SET', keys: [key.toString('latin1')], truncated: true });
    expect(get?.keys).toEqual(set?.keys);
    expect(briefs()).toHaveLength(2);
  });

  test('a server that goes away: what was asked is lost', async () => {
    client.lines('BLPOP q 0', 'SET a 1');
    await tap.waitFor(({ name }) => name === 'SET', { timeoutMs: 5_000 });
    await say(direct, 'CLIENT KILL TYPE normal SKIPME yes');
    await expect.poll(() => tap.pending()).toEqual([]);
    expect(briefs()).toEqual([`BLPOP q 0: ${CONNECTION_LOST}`, `SET a 1: ${CONNECTION_LOST}`]);
  });

  test('waiting: for what is pending, since a mark, in vain, until a signal', async () => {
    const mark = tap.mark();
    await say(client, 'SET a 1');
    expect(tap.since(mark).map(({ name }) => name)).toEqual(['SET', 'ECHO']);
    const isSet = ({ name }: { name: string }) => name === 'SET';
    expect(await tap.waitForAnswer(isSet, { timeoutMs: 100, since: mark })).toMatchObject({
      args: ['a', '1'],
    });
    // Its deadline passes when the answer has, however long that takes.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const inVain = tap.waitForAnswer(isSet, { timeoutMs: 100, what: 'SET of b' });
    client.lines('GET größe');
    await client.until('$-1\r\n');
    vi.advanceTimersByTime(100);
    vi.useRealTimers();
    await expect(inVain).rejects.toThrow(WaitTimeout);
    await expect(inVain).rejects.toThrow(
      'no SET of b was answered within 100 ms; the last others: GET größe',
    );
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(tap.waitFor(isSet, { timeoutMs: 100, signal })).rejects.toThrow('enough');
  });
});
