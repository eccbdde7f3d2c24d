import { list } from '@ioredis/commands';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  isHousekeeping,
  isRead,
  isScript,
  isTransactionControl,
  isWrite,
} from '../../../../src/network/redis/classify.ts';
import { keysOf } from '../../../../src/network/redis/keys.ts';
import { nameOf } from '../../../../src/network/redis/names.ts';
import { cpuTimeOf } from '../../../support/cpu-time.ts';
import { noRedis, RawRedis, type RedisServer, startRedis, titled } from './redis-server.ts';

/** A command, and its keys. */
const COMMANDS: readonly [line: string, keys: string][] = [
  ['GET a', 'a'],
  ['MSET a 1 b 2', 'a b'],
  ['DEL a b c', 'a b c'],
  ['RENAME a b', 'a b'],
  ['COPY a b DB 1 REPLACE', 'a b'],
  ['BITOP AND d a b', 'd a b'],
  ['BLPOP a b 0', 'a b'],
  ['BRPOPLPUSH a b 0', 'a b'],
  ['BLMOVE a b LEFT RIGHT 0', 'a b'],
  ['LMPOP 2 a b LEFT COUNT 10', 'a b'],
  ['BLMPOP 0 2 a b LEFT', 'a b'],
  ['BZMPOP 0 1 a MIN', 'a'],
  ['BZPOPMIN a b 0', 'a b'],
  ['SINTERCARD 2 a b LIMIT 1', 'a b'],
  ['ZUNIONSTORE d 2 a b WEIGHTS 1 2', 'd a b'],
  ['ZDIFFSTORE d 2 a b', 'd a b'],
  ['ZUNION 2 a b WITHSCORES', 'a b'],
  ['ZINTERCARD 2 a b', 'a b'],
  ['ZRANGESTORE d a 0 -1', 'd a'],
  ['EVAL s 2 a b c', 'a b'],
  ['EVALSHA s 0 c', ''],
  ['EVALSHA_RO s 1 a c', 'a'],
  ['FCALL f 1 a c', 'a'],
  ['SORT a', 'a'],
  ['SORT a BY w_* LIMIT 0 1 GET STORE GET # ASC STORE d', 'a d'],
  ['SORT_RO a BY w_*', 'a'],
  ['GEORADIUS a 1 2 3 km', 'a'],
  ['GEORADIUS a 1 2 3 km STORE d', 'a d'],
  ['GEORADIUSBYMEMBER a m 3 km STOREDIST d', 'a d'],
  ['GEOSEARCHSTORE d a FROMMEMBER m BYRADIUS 1 km', 'd a'],
  ['XADD a * f v', 'a'],
  ['XREAD COUNT 2 BLOCK 0 STREAMS a b 0 $', 'a b'],
  ['XREADGROUP GROUP STREAMS c BLOCK 0 NOACK STREAMS a b > >', 'a b'],
  ['XGROUP CREATE a g $ MKSTREAM', 'a'],
  ['XINFO STREAM a FULL', 'a'],
  ['OBJECT ENCODING a', 'a'],
  ['MEMORY USAGE a SAMPLES 0', 'a'],
  ['MIGRATE h 1 a 0 1', 'a'],
  ['MIGRATE h 1 "" 0 1 COPY AUTH p KEYS a b', 'a b'],
  ['PFMERGE d a b', 'd a b'],
  ['LCS a b', 'a b'],
  ['WATCH a b', 'a b'],
  ['DUMP a', 'a'],
  ['RESTORE a 0 x', 'a'],
  ['TOUCH a b', 'a b'],
  ['SMOVE a b m', 'a b'],
  ['HSET a f v g w', 'a'],
];

/** What this Redis is too old for, or sees otherwise. */
const OTHERS: readonly [line: string, keys: string][] = [
  ['PING', ''],
  ['CLIENT SETNAME a', ''],
  ['PUBLISH a m', ''],
  ['SPUBLISH a m', ''],
  ['SSUBSCRIBE a b', ''],
  ['SUBSCRIBE a', ''],
  ['EVAL s 99999999999999 a', ''],
  ['EVAL s x a', ''],
  ['MSETEX 2 a 1 b', ''],
  ['EVAL s', ''],
  ['ZUNIONSTORE d 5 a', ''],
  ['NOSUCH a', ''],
  ['CONSTRUCTOR a', ''],
  ['__PROTO__ a', ''],
  ['MSETEX 2 a 1 b 2 EX 10', 'a b'],
  ['HGETEX a EX 10 FIELDS 1 f', 'a'],
  ['VADD a VALUES 1 1 e', 'a'],
  ['JSON.SET a $ 1', 'a'],
  ['JSON.MGET a b $', 'a b'],
  ['JSON.MSET a $ 1 b $ 2', 'a b'],
  ['JSON.DEBUG MEMORY a', 'a'],
  ['TS.MADD a 1 2 b 1 2', 'a b'],
  ['TS.CREATERULE a b AGGREGATION avg 1', 'a b'],
  ['TS.MGET FILTER a=b', ''],
  ['BF.ADD a i', 'a'],
  ['CMS.MERGE d 2 a b WEIGHTS 1 2', 'd a b'],
  ['FT.SEARCH i q', ''],
];

const wordsOf = (line: string) => line.split(' ').map((word) => word.replace('""', ''));

const keysIn = (line: string) => {
  const words = wordsOf(line);
  return keysOf(words, words.length).join(' ');
};

test.each([...COMMANDS, ...OTHERS])('%s: %s', (line, keys) => {
  expect(keysIn(line)).toBe(keys);
});

test('no number in any place of any command makes a list as long as it says', () => {
  const commands = [...new Set([...list, 'msetex', 'sort_ro', 'cms.merge', 'tdigest.merge'])];
  for (const name of commands) {
    for (const number of ['1e15', '-1', 'NaN', '1e400']) {
      for (let place = 1; place <= 6; place++) {
        const words = [name, ...Array.from({ length: 6 }, () => 'a')].with(place, number);
        const ms = cpuTimeOf(() => expect(keysOf(words, words.length).length).toBeLessThan(7));
        expect(ms, words.join(' ')).toBeLessThan(100);
      }
    }
  }
});

describe.skipIf(noRedis)(titled('the server’s own opinion'), () => {
  let server: RedisServer;
  let client: RawRedis;

  beforeAll(async () => {
    server = await startRedis();
    client = await RawRedis.connect(server);
  });

  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  test.each(COMMANDS)('of the keys of %s', async (line, keys) => {
    client.lines(`COMMAND GETKEYS ${line}`, 'ECHO done');
    const heard = await client.until('$4\r\ndone\r\n');
    // To Redis, a pattern of SORT may be no key, a key to store into always is.
    const told = [...heard.matchAll(/\$\d+\r\n(.*)\r\n/g)].map((match) => match[1]).slice(0, -1);
    expect(told.toSorted()).toEqual(keys.split(' ').filter(Boolean).toSorted());
  });
});

const named = (line: string) => nameOf(wordsOf(line));

test.each([
  'HELLO 3',
  'AUTH x',
  'SELECT 1',
  'CLIENT SETINFO LIB-NAME x',
  'CLIENT',
  'INFO',
  'COMMAND',
  'COMMAND DOCS get',
  'PING',
  'QUIT',
  'CLUSTER SLOTS',
  'CONFIG GET maxmemory',
  'SCRIPT LOAD x',
  'READONLY',
])('%s is housekeeping, and touches no data', (line) => {
  expect(isHousekeeping(named(line))).toBe(true);
  expect([isWrite(named(line)), isRead(named(line))]).toEqual([false, false]);
});

test.each(['GET a', 'MULTI', 'EVALSHA x 0', 'PUBLISH a b', 'WAIT 1 0', 'OBJECT ENCODING a'])(
  '%s is no housekeeping',
  (line) => expect(isHousekeeping(named(line))).toBe(false),
);

test.each([
  ['SET a 1', 'write'],
  ['GETEX a', 'write'],
  ['FLUSHALL', 'write'],
  ['XREADGROUP GROUP g c STREAMS a >', 'write'],
  ['XGROUP CREATE a g $', 'write'],
  ['SORT a STORE b', 'write'],
  ['GEORADIUS a 1 2 3 km STOREDIST d', 'write'],
  ['JSON.SET a $ 1', 'write'],
  ['GET a', 'read'],
  ['SORT a', 'read'],
  ['GEORADIUS a 1 2 3 km', 'read'],
  ['XREAD STREAMS a 0', 'read'],
  ['OBJECT ENCODING a', 'read'],
  ['SCAN 0', 'read'],
  ['EVAL_RO s 0', 'read'],
  ['JSON.GET a', 'read'],
  ['EVAL s 0', 'neither'],
  ['PUBLISH a b', 'neither'],
  ['MULTI', 'neither'],
  ['NOSUCH', 'neither'],
  ['CONSTRUCTOR', 'neither'],
])('%s: %s', (line, expected) => {
  const command = named(line);
  const found = [isWrite(command) && 'write', isRead(command) && 'read'].filter(Boolean).join();
  expect(found || 'neither').toBe(expected);
});

test('scripts and transactions', () => {
  expect(['EVAL', 'EVALSHA_RO', 'FCALL', 'SCRIPT LOAD'].map((name) => isScript({ name }))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(['WATCH', 'EXEC', 'SET'].map((name) => isTransactionControl({ name }))).toEqual([
    true,
    true,
    false,
  ]);
});
