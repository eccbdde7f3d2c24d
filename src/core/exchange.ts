/** Header fields in the order in which they came, names in lower case. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A body as text for people: cut where it is long, with what was cut said. */
export interface BodyExcerpt {
  text: string;
  /** Size of the whole body in bytes, as far as it was read. */
  bytes: number;
  truncated: boolean;
}

/** Where a response departs from the lab's contract. */
export interface Violation {
  /** Where in the exchange: `status`, `header etag`, or a JSON Pointer into the body. */
  at: string;
  expected: string;
  actual: string;
}

/** One request and what came of it, as a check saw it. Times are ms since the run began. */
export interface Exchange {
  /** Running number in the run. */
  id: number;
  method: string;
  url: string;
  /** The process that it was sent to (`web.2`), where the app has several that speak HTTP. */
  instance?: string;
  /** What the check says of this request: "again, with the same Idempotency-Key". */
  note?: string;
  requestHeaders: HeaderList;
  requestBody?: BodyExcerpt;
  startedAt: number;
  durationMs: number;
  response?: { status: number; headers: HeaderList; body: BodyExcerpt };
  /** Why there is no response. */
  error?: { code: string; message: string };
  violations: readonly Violation[];
}

/** `POST /tasks on web.2 (again, with the same Idempotency-Key)`: how failures name a request. */
export function describeExchange(
  exchange: Pick<Exchange, 'method' | 'url' | 'instance' | 'note'>,
): string {
  const { pathname, search } = new URL(exchange.url);
  const on = exchange.instance === undefined ? '' : ` on ${exchange.instance}`;
  const target = `${exchange.method} ${pathname}${search}${on}`;
  return exchange.note === undefined ? target : `${target} (${exchange.note})`;
}
