/** Which arguments are keys, where it is not just the first: the first, the step, how many at the end are none. */
const OTHERS: Readonly<Record<string, readonly [first: number, step: number, none: number]>> = {
  'json.mget': [0, 1, 1],
  'json.mset': [0, 3, 0],
  'json.debug': [1, Infinity, 0],
  'ts.madd': [0, 3, 0],
};

/** Those that name no key: series are found by their labels. */
const NO_KEYS = new Set(['ts.mget', 'ts.mrange', 'ts.mrevrange', 'ts.queryindex']);

/** A source and a destination. */
const PAIRS = new Set(['ts.createrule', 'ts.deleterule']);

/** They have a destination, then a number of sources. */
const MERGES = new Set(['cms.merge', 'tdigest.merge']);

const DATA_TYPES = new Set('json ts bf cf cms topk tdigest'.split(' '));

const READS = new Set(
  (
    'get mget type strlen objlen objkeys arrlen arrindex resp debug exists mexists info card count ' +
    'scandump query list range revrange mrange mrevrange queryindex quantile cdf rank revrank ' +
    'byrank byrevrank min max trimmed_mean'
  ).split(' '),
);

/**
 * Where the commands of Redis 8's own modules name keys; those of the search engine
 * name indexes, which are none.
 *
 * @param name In lower case: 'json.get'.
 */
export function modulesKeys(
  name: string,
  args: readonly string[],
  total: number,
): readonly number[] {
  if (!isDataType(name) || NO_KEYS.has(name)) return [];
  if (PAIRS.has(name)) return [0, 1];
  if (MERGES.has(name)) {
    const sources = Math.min(Number(args[1]), args.length - 2);
    return [0, ...Array.from({ length: sources > 0 ? sources : 0 }, (_, n) => n + 2)];
  }
  const [first, step, none] = OTHERS[name] ?? [0, Infinity, 0];
  const found: number[] = [];
  const end = Math.min(args.length, total - none);
  for (let at = first; at < end; at += step) found.push(at);
  return found;
}

/** @returns Undefined for what is about no data: indexes of the search engine, other modules. */
export function modulesAccess(name: string): 'read' | 'write' | undefined {
  const lower = name.toLowerCase();
  if (!isDataType(lower)) return undefined;
  return READS.has(lower.slice(lower.indexOf('.') + 1)) ? 'read' : 'write';
}

function isDataType(name: string): boolean {
  return DATA_TYPES.has(name.slice(0, name.indexOf('.')));
}
