import type { BodyExcerpt, Exchange, HeaderList } from '../core/exchange.ts';
import { excerpt } from '../core/text.ts';
import type { Timeline } from '../core/timeline.ts';
import { isPending, type Trace } from '../kit/trace.ts';

const FIRST_EXCHANGES = 20;
const LAST_EXCHANGES = 40;
const MAX_INCIDENTS = 60;
/** UTF-16 units of a body. */
const MAX_BODY = 1_000;
/** Of an answer's header: an app may send 32 KB of it with each. */
const MAX_FIELDS = 20;
const MAX_VALUE = 200;
const MAX_VIOLATIONS = 8;

/** What a check did, within bounds; undefined where it neither sent nor broke anything. */
export function timelineOf({ exchanges, incidents, now }: Trace): Timeline | undefined {
  const happened = incidents.list;
  if (exchanges.length === 0 && happened.length === 0) return undefined;
  const leftOut = Math.max(0, exchanges.length - FIRST_EXCHANGES - LAST_EXCHANGES);
  const kept =
    leftOut === 0
      ? exchanges
      : [...exchanges.slice(0, FIRST_EXCHANGES), ...exchanges.slice(-LAST_EXCHANGES)];
  return {
    exchanges: kept.map((exchange) => short(exchange, now())),
    exchangesLeftOut: leftOut,
    incidents: happened.slice(0, MAX_INCIDENTS),
    incidentsLeftOut: Math.max(0, happened.length - MAX_INCIDENTS),
  };
}

function short(exchange: Exchange, now: number): Exchange {
  const { requestBody, response, violations } = exchange;
  return {
    ...exchange,
    ...(isPending(exchange) && { durationMs: now - exchange.startedAt }),
    ...(requestBody !== undefined && { requestBody: shortBody(requestBody) }),
    ...(response !== undefined && {
      response: {
        status: response.status,
        headers: shortHeaders(response.headers),
        body: shortBody(response.body),
      },
    }),
    violations: violations.slice(0, MAX_VIOLATIONS),
  };
}

function shortBody(body: BodyExcerpt): BodyExcerpt {
  if (body.text.length <= MAX_BODY) return body;
  return { ...body, text: wholeCharacters(body.text.slice(0, MAX_BODY)), truncated: true };
}

/** A cut may leave half a character at the end. */
function wholeCharacters(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

function shortHeaders(headers: HeaderList): HeaderList {
  return headers
    .slice(0, MAX_FIELDS)
    .map(([name, value]) => [excerpt(name, MAX_VALUE), excerpt(value, MAX_VALUE)]);
}
