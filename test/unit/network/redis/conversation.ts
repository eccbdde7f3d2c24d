import { redisTap } from '../../../../src/network/redis/tap.ts';

export interface Said {
  readonly by: 'client' | 'server';
  readonly bytes: Buffer;
}

export const client = (...parts: (string | Buffer)[]): Said => said('client', parts);
export const server = (...parts: (string | Buffer)[]): Said => said('server', parts);

function said(by: Said['by'], parts: (string | Buffer)[]): Said {
  return { by, bytes: Buffer.concat(parts.map((part) => Buffer.from(part as string))) };
}

/** What a fresh tap makes of one connection; `end: false` leaves it open. */
export function replay(conversation: Iterable<Said>, { end = true } = {}) {
  const { factory, tap } = redisTap({ clock: () => 0 });
  const listening = factory.open(1);
  try {
    for (const { by, bytes } of conversation) {
      // Lent: what a tap keeps has to be its own.
      const lent = Buffer.from(bytes);
      if (by === 'client') listening.fromClient(lent);
      else listening.fromUpstream(lent);
      lent.fill(0xee);
    }
    if (end) listening.ended();
  } catch (error) {
    // As the proxy does.
    if ((error as Error).name !== 'ProtocolError') throw error;
    listening.ended(error);
  }
  return {
    records: tap.commands().map(({ startedAt, durationMs, ...record }) => record),
    pending: tap.pending().map(({ name }) => name),
    opaque: tap.opaqueSince(0),
  };
}

/** What became of each command: 'GET a', 'SET b: ERR no', 'GET c (in transaction)' … */
export function briefs(conversation: Iterable<Said>): string[] {
  return replay(conversation).records.map((record) => brief(record));
}

export function brief(record: {
  name: string;
  args: readonly string[];
  error?: string;
  inTransaction: boolean;
  aborted?: true;
  unanswered?: true;
}): string {
  const { name, args, error, inTransaction, aborted, unanswered } = record;
  const marks = [
    ...(inTransaction ? ['in transaction'] : []),
    ...(aborted ? ['aborted'] : []),
    ...(unanswered ? ['unanswered'] : []),
  ];
  const noted = marks.length > 0 ? ` (${marks.join(', ')})` : '';
  return `${[name, ...args].join(' ')}${noted}${error === undefined ? '' : `: ${error}`}`;
}

/** Cut in two at a byte, or the whole byte by byte. */
export const split = ({ by, bytes }: Said, at: number): Said[] => [
  { by, bytes: bytes.subarray(0, at) },
  { by, bytes: bytes.subarray(at) },
];

export const byteByByte = (conversation: readonly Said[]): Said[] =>
  conversation.flatMap(({ by, bytes }) =>
    [...bytes].map((byte) => ({ by, bytes: Buffer.from([byte]) })),
  );

/** Joined with what came before in the same direction, then cut anew. */
export function rechunk(conversation: readonly Said[], size: () => number): Said[] {
  const result: Said[] = [];
  for (const { by, bytes } of conversation) {
    const joined =
      result.at(-1)?.by === by ? Buffer.concat([(result.pop() as Said).bytes, bytes]) : bytes;
    for (let at = 0; at < joined.length; ) {
      const end = Math.min(joined.length, at + size());
      result.push({ by, bytes: joined.subarray(at, end) });
      at = end;
    }
  }
  return result;
}
