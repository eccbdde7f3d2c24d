import { expect, test } from 'vitest';
import { bytesOf, CONNECTION_LOST, utf8 } from '../../../../src/network/redis/command.ts';
import {
  brief,
  briefs,
  byteByByte,
  client,
  replay,
  type Said,
  server,
  split,
} from './conversation.ts';
import { command } from './redis-server.ts';

/** Answers of every type, RESP2's and RESP3's, with the streamed ones that only the specification has. */
const ANSWERS = [
  '+OK\r\n',
  ':-12\r\n',
  '$5\r\nhe\r\no\r\n',
  '$0\r\n\r\n',
  '$-1\r\n',
  '*-1\r\n',
  '*0\r\n',
  '*2\r\n*2\r\n:1\r\n*0\r\n$1\r\na\r\n',
  '_\r\n',
  '#t\r\n',
  ',-1.5e9\r\n',
  ',inf\r\n',
  '(3492890328409238509324850943850943825024385\r\n',
  '=8\r\ntxt:some\r\n',
  '%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n%0\r\n',
  '~3\r\n:1\r\n#f\r\n_\r\n',
  '|1\r\n+ttl\r\n:3600\r\n+with an attribute\r\n',
  '*2\r\n:1\r\n|1\r\n+inner\r\n*1\r\n:1\r\n:2\r\n',
  '|0\r\n:1\r\n',
  '$?\r\n;4\r\nHell\r\n;5\r\no\r\nwo\r\n;0\r\n',
  '*?\r\n:1\r\n*1\r\n:2\r\n.\r\n',
  '%?\r\n+a\r\n:1\r\n.\r\n',
  '~?\r\n.\r\n',
  '*1\r\n$?\r\n;1\r\na\r\n;0\r\n',
];

function conversation(): Said[] {
  return [
    client(command('HELLO', '3', 'AUTH', 'me', 'secret')),
    server('%1\r\n$5\r\nproto\r\n:3\r\n'),
    client(...ANSWERS.map((_, n) => command('GET', `k${n}`))),
    server('>2\r\n+invalidate\r\n*1\r\n+k\r\n', ...ANSWERS),
    client('set "a b" \'c\'\r\n\r\n', '*0\r\n*-1\r\n', command('ping'), 'select 3\n'),
    server('+OK\r\n!8\r\nERR a\r\nb\r\n+OK\r\n'),
    client(command('MULTI'), command('SET', 'a', '1'), command('INCR', 's'), command('EXEC')),
    server('+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n-WRONGTYPE no\r\n'),
    client(command('SUBSCRIBE', 'x', 'y'), command('GET', 'z')),
    server('>3\r\n+subscribe\r\n+x\r\n:1\r\n>3\r\n+message\r\n+x\r\n+hi\r\n'),
    server('>3\r\n+subscribe\r\n+y\r\n:2\r\n$1\r\nz\r\n'),
    client(command('GET', 'never')),
  ];
}

test('answers of all types', () => {
  expect(briefs(conversation())).toEqual([
    'HELLO 3 AUTH (redacted) (redacted)',
    ...ANSWERS.map((_, n) => `GET k${n}`),
    'SET a b c',
    'PING: ERR a\r\nb',
    'SELECT 3',
    'MULTI',
    'SET a 1 (in transaction)',
    'INCR s (in transaction): WRONGTYPE no',
    'EXEC',
    'SUBSCRIBE x y',
    'GET z',
    `GET never: ${CONNECTION_LOST}`,
  ]);
});

test('cut in two at any byte, it gives the same records', () => {
  const whole = conversation();
  const expected = replay(whole);
  whole.forEach((said, index) => {
    for (let at = 1; at < said.bytes.length; at++) {
      const cut = [...whole.slice(0, index), ...split(said, at), ...whole.slice(index + 1)];
      expect(replay(cut)).toEqual(expected);
    }
  });
});

test('byte by byte, it gives the same records', () => {
  expect(replay(byteByByte(conversation()))).toEqual(replay(conversation()));
});

test('damaged anywhere, it throws nothing but what makes a connection opaque', () => {
  const whole = conversation();
  whole.forEach((said, index) => {
    for (let at = 0; at < said.bytes.length; at++) {
      const bytes = Buffer.from(said.bytes);
      bytes[at] = (bytes[at] as number) ^ (1 + ((at * 37) % 255));
      const { pending } = replay(whole.with(index, { ...said, bytes }));
      expect(pending).toEqual([]);
    }
  });
});

test('answers are nested as deep as a server likes', () => {
  const deep = `${'*1\r\n'.repeat(50_000)}:1\r\n`;
  expect(briefs([client('a\r\nb\r\n'), server(deep, '+OK\r\n')])).toEqual(['A', 'B']);
});

test('of a big argument, the beginning is kept; its bytes are never gathered', () => {
  const value = Buffer.alloc(3_000_000, 'v');
  const said = [client(command('SET', 'k', value), command('GET', 'k'))];
  const { records } = replay([...said, server('+OK\r\n', '$3000000\r\n', value, '\r\n')]);
  expect(records.map(({ name, truncated }) => [name, truncated])).toEqual([
    ['SET', true],
    ['GET', undefined],
  ]);
  expect(records[0]?.args).toEqual(['k', 'v'.repeat(1024)]);
});

test('of many arguments, the first are kept', () => {
  const pairs = Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 'v']).flat();
  const keys = pairs.filter((_, n) => n % 2 === 0);
  const { records } = replay([
    client(command('MSET', ...pairs), command('DEL', ...keys), command('BLPOP', ...keys, '0')),
    client(command('EVAL', 'return 1', '20000', ...keys), command('XREAD', 'STREAMS', ...pairs)),
    server('+OK\r\n+OK\r\n*-1\r\n:1\r\n*-1\r\n'),
  ]);
  expect(records.map(({ args, keys, truncated }) => [args.length, keys.length, truncated])).toEqual(
    [
      [1023, 512, true],
      [1023, 1023, true],
      [1023, 1023, true],
      [1023, 1021, true],
      [1023, 1022, true],
    ],
  );
});

test('arguments and keys are binary; text is there for the asking', () => {
  const key = Buffer.from([0, 255, 13, 10, 42, 200]);
  const { records } = replay([client(command('SET', key, 'größe')), server('+OK\r\n')]);
  expect(records[0]?.keys).toEqual([key.toString('latin1')]);
  expect(records[0]?.args[1]).toBe(bytesOf('größe'));
  expect(utf8(records[0]?.args[1] as string)).toBe('größe');
});

test('commands of a family are called by both words', () => {
  const lines = 'script load x\r\nobject\r\ncommand\r\nclient setname me\r\nxgroup help\r\n';
  const { records } = replay([client(lines), server('+\r\n'.repeat(5))]);
  expect(records.map(({ name, args }) => [name, args])).toEqual([
    ['SCRIPT LOAD', ['x']],
    ['OBJECT', []],
    ['COMMAND', []],
    ['CLIENT SETNAME', ['me']],
    ['XGROUP HELP', []],
  ]);
});

test('passwords are not kept', () => {
  const lines = 'auth secret\r\nauth me secret\r\nhello 3 setname x auth me secret\r\n';
  expect(briefs([client(lines), server('+OK\r\n+OK\r\n+OK\r\n')])).toEqual([
    'AUTH (redacted)',
    'AUTH (redacted) (redacted)',
    'HELLO 3 setname x auth (redacted) (redacted)',
  ]);
});

test.each([
  ['an argument that is none', '*1\r\nPING\r\n', 'an argument begins with P, not $'],
  ['a negative argument', '*1\r\n$-1\r\n', 'an argument of -1 bytes'],
  ['a length that is none', '*x\r\n', 'a length that is no number'],
  ['a length without an end', '*1\n', 'a length that is no number'],
  ['a length beyond measure', '*1234567890123456\r\n', 'a length that is no number'],
  ['a streamed command', '*?\r\n', 'a streamed command'],
  ['quotes that do not balance', 'GET "a\r\n', 'the quotes of an inline command do not balance'],
  ['quotes that go on', 'GET "a"b\r\n', 'the quotes of an inline command do not balance'],
  ['TLS', Buffer.alloc(70_000, 22), 'an inline command is longer than 64 KiB'],
  ['replication', 'PSYNC ? -1\r\n', 'PSYNC: from here on the connection replicates'],
])('a client that sends %s makes the connection opaque', (_, bytes, reason) => {
  expect(replay([client(bytes)]).opaque).toEqual([{ connection: 1, reason, byClient: true }]);
});

test.each([
  ['an answer too many', '+OK\r\n+OK\r\n', 'an answer of type +, and nothing asked for it'],
  ['no type of answer', 'HTTP/1.1 400\r\n', 'an answer of type H'],
  ['a body without an end', '$1\r\nabc', 'no line break after a body'],
  ['a line without CR', '+OK\n', 'a line that does not end with CR LF'],
  ['a chunk out of place', ';1\r\na\r\n', 'an answer of type ;'],
  ['an end out of place', '*1\r\n.\r\n', 'an answer of type .'],
  ['a streamed error', '!?\r\n', 'a streamed answer of type !'],
  ['a negative set', '~-1\r\n', 'an answer of type ~ and length -1'],
])('a server that sends %s makes the connection opaque', (_, bytes, reason) => {
  const { opaque, pending } = replay([client('GET a\r\n'), server(bytes)]);
  expect(opaque).toEqual([{ connection: 1, reason, byClient: false }]);
  expect(pending).toEqual([]);
});

test('in RESP2, a message and an answer to EXEC may be the same: the connection becomes opaque', () => {
  const message = '*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n';
  const { opaque } = replay([
    client('MULTI\r\nSUBSCRIBE a\r\nLRANGE l 0 -1\r\nEXEC\r\n'),
    server('+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n*3\r\n+subscribe\r\n+a\r\n:1\r\n', message),
  ]);
  const reason = 'in EXEC, a message that may be an answer: there is no telling';
  expect(opaque).toEqual([{ connection: 1, reason, byClient: true }]);
});

test('a server ends a subscription unasked, where a shard moves', () => {
  const moved = '*3\r\n+sunsubscribe\r\n+a\r\n:0\r\n';
  const said = [client('SSUBSCRIBE a\r\n'), server('*3\r\n+ssubscribe\r\n+a\r\n:1\r\n', moved)];
  const { records, opaque } = replay([...said, client('GET a\r\n'), server('$-1\r\n')]);
  expect(records.map(brief)).toEqual(['SSUBSCRIBE a', 'GET a']);
  expect(opaque).toEqual([]);
});

test('a server that refuses a connection is not out of turn', () => {
  const { opaque } = replay([server('-ERR max number of clients reached\r\n')]);
  expect(opaque).toEqual([]);
});
