import { STATUS_CODES } from 'node:http';
import type { Exchange } from '../../core/exchange.ts';
import { BODY_FILE, curlCommand } from '../curl.ts';
import { bodyLines } from './body.ts';
import { duration, number } from './duration.ts';
import { requestHeaderLines, responseHeaderLines } from './headers.ts';
import type { DetailLimits } from './limits.ts';
import { contentWidth, labelled, type Page } from './page.ts';
import { padEnd, truncate, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

/** UTF-16 units of a command that is still worth copying. */
const MAX_COMMAND = 6_000;

export interface ExchangeContext {
  /** What the failure says, in lower case: header fields that it names are shown. */
  mentions: string;
  /** Whether the failure's action already names this request. */
  isAction: boolean;
}

/** A request and its answer in full, where it breaks the contract, and a command that repeats it. */
export function exchangeLines(
  exchange: Exchange,
  page: Page,
  limits: DetailLimits,
  context: ExchangeContext,
): string[] {
  const blocks = [
    requestBlock(exchange, page, limits, context),
    responseBlock(exchange, page, limits, context),
    labelled(page, 'Contract', violationLines(exchange, page)),
    labelled(page, 'Repeat', repeatLines(exchange, page)),
  ];
  return blocks.flat();
}

/** `500  POST /tasks (12 ms)`: the status first, so that it is never cut. */
export function exchangeSummary(exchange: Exchange, page: Page): string {
  const { response, error, durationMs } = exchange;
  const outcome = response === undefined ? (error?.code ?? 'none') : String(response.status);
  const text = `${page.line(outcome, 20)}  ${requestLine(exchange, page)}, ${duration(durationMs)}`;
  return truncate(text, contentWidth(page), page.glyphs.ellipsis);
}

function requestBlock(
  exchange: Exchange,
  page: Page,
  limits: DetailLimits,
  { isAction }: ExchangeContext,
): string[] {
  const rest = [
    ...requestHeaderLines(exchange, page, limits),
    ...(exchange.requestBody === undefined ? [] : bodyLines(exchange.requestBody, page, limits)),
  ];
  if (isAction && rest.length === 0) return [];
  const first = wrap(requestLine(exchange, page), contentWidth(page));
  return labelled(page, 'Request', [...first, ...rest]);
}

function requestLine({ method, url, instance, note }: Exchange, page: Page): string {
  const path = URL.canParse(url) ? url.slice(new URL(url).origin.length) : url;
  const on = instance === undefined ? '' : ` on ${page.line(instance, 20)}`;
  const target = `${page.line(method, 20)} ${page.line(path, 200)}${on}`;
  return note === undefined ? target : `${target} (${page.line(note)})`;
}

function responseBlock(
  exchange: Exchange,
  page: Page,
  limits: DetailLimits,
  context: ExchangeContext,
): string[] {
  const { response, error, durationMs } = exchange;
  const took = page.paint.dim(` ${page.glyphs.separator} ${duration(durationMs)}`);
  if (response === undefined) {
    const reason = wrap(
      page.clean(error?.message ?? 'none', limits.chars),
      contentWidth(page) - 12,
    );
    return labelled(page, 'Response', [...reason.slice(0, -1), `${reason.at(-1) ?? ''}${took}`]);
  }
  const status = `${response.status} ${STATUS_CODES[response.status] ?? ''}`.trim();
  return labelled(page, 'Response', [
    status + took,
    ...responseHeaderLines(exchange, page, limits, context.mentions),
    ...bodyLines(response.body, page, limits),
  ]);
}

function violationLines({ violations }: Exchange, page: Page): string[] {
  const shown = violations.slice(0, 8).map(({ at, expected, actual }) => ({
    at: page.line(at, 60),
    text: `expected ${page.line(expected, 200)}, got ${page.line(actual, 200)}`,
  }));
  const widest = Math.max(0, ...shown.map(({ at }) => widthOf(at)));
  const beside = widest <= 24 && widest <= contentWidth(page) / 3;
  const column = beside ? widest : 0;
  const lines = shown.flatMap(({ at, text }) => {
    const aside = wrap(text, contentWidth(page) - column - 2).map((line) => `  ${line}`);
    const first = beside
      ? [padEnd(at, column) + (aside.shift() ?? '')]
      : wrap(at, contentWidth(page));
    return [...first, ...aside.map((line) => ' '.repeat(column) + line)];
  });
  const rest = violations.length - shown.length;
  return rest > 0 ? [...lines, `${page.glyphs.ellipsis} and ${rest} more`] : lines;
}

/** Copied from the terminal, it must run as it is: so nothing in it is cut or wrapped but at a `\`. */
function repeatLines(exchange: Exchange, page: Page): string[] {
  const { words, needsBodyFile } = curlCommand(exchange, { ascii: !page.unicode });
  const { requestBody } = exchange;
  const note =
    needsBodyFile && requestBody !== undefined
      ? [`# first put the body (${number(requestBody.bytes)} bytes) into a file, ${BODY_FILE}`]
      : [];
  const command = words.join(' ');
  if (command.length > MAX_COMMAND)
    return [page.paint.dim('(the command is too long to be shown)')];
  if (widthOf(command) <= contentWidth(page))
    return [...note.map(page.paint.dim), page.paint.cyan(command)];
  const lines = joinShort(words, contentWidth(page) - 4);
  return [
    ...note.map(page.paint.dim),
    ...lines.map((line, index) => {
      const end = index === lines.length - 1 ? '' : ' \\';
      return page.paint.cyan(`${index === 0 ? '' : '  '}${line}${end}`);
    }),
  ];
}

/** Puts as many words on a line as fit. */
function joinShort(words: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
