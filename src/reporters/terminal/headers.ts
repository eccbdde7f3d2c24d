import type { Exchange, HeaderList, Violation } from '../../core/exchange.ts';
import type { DetailLimits } from './limits.ts';
import { contentWidth, type Page } from './page.ts';
import { truncate } from './width.ts';

const MAX_HEADERS = 12;

/** What a check looks at; the rest says more of the framework than of the learner's code. */
const TELLING =
  /^(age|allow|cache-control|content-(encoding|language|type)|etag|idempotency-.*|last-modified|link|location|prefer.*|ratelimit.*|retry-after|set-cookie|vary|www-authenticate|x-cache|x-ratelimit.*)$/;

export function responseHeaderLines(
  { response, violations }: Exchange,
  page: Page,
  { allHeaders }: DetailLimits,
  mentions: string,
): string[] {
  const telling = tellingHeader(violations, mentions);
  return headerLines(response?.headers ?? [], page, allHeaders, telling);
}

/**
 * Whether a header of an answer says something of the learner's code.
 * @param mentions what the failure says, in lower case
 */
export function tellingHeader(
  violations: readonly Violation[],
  mentions: string,
): (name: string) => boolean {
  const violated = new Set(violations.map(({ at }) => at));
  return (name) => TELLING.test(name) || violated.has(`header ${name}`) || names(mentions, name);
}

/** What the grader sent, but what it always sends. */
export function requestHeaderLines(
  { requestHeaders }: Exchange,
  page: Page,
  { allHeaders }: DetailLimits,
): string[] {
  return headerLines(
    requestHeaders,
    page,
    allHeaders,
    (name, value) => !(name === 'accept' && value === 'application/json'),
  );
}

function headerLines(
  headers: HeaderList,
  page: Page,
  all: boolean,
  wanted: (name: string, value: string) => boolean,
): string[] {
  const { paint, glyphs, line } = page;
  const fields = headers.filter(([name, value]) => all || wanted(name, value));
  const shown = fields.slice(0, all ? 60 : MAX_HEADERS).map(([name, value]) => {
    const label = truncate(`${line(name, 60)}:`, contentWidth(page), glyphs.ellipsis);
    return paint.dim(truncate(`${label} ${line(value)}`, contentWidth(page), glyphs.ellipsis));
  });
  const rest = fields.length - shown.length;
  return rest > 0 ? [...shown, paint.dim(`${glyphs.ellipsis} and ${rest} more`)] : shown;
}

/** Whether the text names the header as a word: `age` is not in `page`. */
function names(text: string, header: string): boolean {
  if (!/^[a-z0-9-]{2,60}$/.test(header)) return false;
  return new RegExp(`(?<![\\w-])${header}(?![\\w-])`).test(text);
}
