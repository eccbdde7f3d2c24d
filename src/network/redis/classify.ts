import { exists, hasFlag } from '@ioredis/commands';
import type { SeenCommand } from './command.ts';
import { modulesAccess } from './modules.ts';

type Command = Pick<SeenCommand, 'name' | 'args'>;

const HOUSEKEEPING = new Set(
  (
    'ACL ASKING AUTH CLIENT CLUSTER COMMAND CONFIG ECHO HELLO HOTKEYS INFO LASTSAVE LATENCY LOLWUT ' +
    'MODULE MONITOR PING QUIT READONLY READWRITE RESET ROLE SCRIPT FUNCTION SELECT SENTINEL SLOWLOG TIME'
  ).split(' '),
);

const TRANSACTION = new Set(['MULTI', 'EXEC', 'DISCARD', 'WATCH', 'UNWATCH']);

const READ_SUBCOMMANDS = new Set([
  'MEMORY USAGE',
  'OBJECT ENCODING',
  'OBJECT FREQ',
  'OBJECT IDLETIME',
  'OBJECT REFCOUNT',
  'XINFO CONSUMERS',
  'XINFO GROUPS',
  'XINFO STREAM',
]);

const WRITE_SUBCOMMANDS = new Set([
  'XGROUP CREATE',
  'XGROUP CREATECONSUMER',
  'XGROUP DELCONSUMER',
  'XGROUP DESTROY',
  'XGROUP SETID',
]);

/** Redis counts them among the writes; without a place to store, they only read. */
const MAY_STORE = new Set(['SORT', 'GEORADIUS', 'GEORADIUSBYMEMBER']);

/**
 * Whether it is about the connection or the server, not about data, as drivers and
 * pools send it by themselves: HELLO, AUTH, SELECT, CLIENT, INFO, COMMAND, PING, CONFIG,
 * CLUSTER, SCRIPT and FUNCTION (LOAD …), and their like.
 */
export function isHousekeeping({ name }: Pick<Command, 'name'>): boolean {
  return HOUSEKEEPING.has(name.split(' ', 1)[0] as string);
}

/** Whether it begins, ends or guards a transaction: MULTI, EXEC, DISCARD, WATCH, UNWATCH. */
export function isTransactionControl({ name }: Pick<Command, 'name'>): boolean {
  return TRANSACTION.has(name);
}

/** Whether it may change data. Scripts and functions are neither reads nor writes: see `isScript`. */
export function isWrite({ name, args }: Command): boolean {
  if (MAY_STORE.has(name)) return args.some((arg) => /^STORE(DIST)?$/i.test(arg));
  return WRITE_SUBCOMMANDS.has(name) || isFlagged(name, 'write') || modulesAccess(name) === 'write';
}

/** Whether it only reads data. */
export function isRead({ name, args }: Command): boolean {
  if (MAY_STORE.has(name)) return !isWrite({ name, args });
  return (
    READ_SUBCOMMANDS.has(name) ||
    name === 'EVAL_RO' ||
    name === 'EVALSHA_RO' ||
    name === 'FCALL_RO' ||
    isFlagged(name, 'readonly') ||
    modulesAccess(name) === 'read'
  );
}

/** Whether it runs a script or a function, whose commands are not on the wire. */
export function isScript({ name }: Pick<Command, 'name'>): boolean {
  return /^(EVAL|EVALSHA|FCALL)(_RO)?$/.test(name);
}

function isFlagged(name: string, flag: string): boolean {
  const lower = name.toLowerCase();
  return exists(lower) && hasFlag(lower, flag);
}
