import type { BodyExcerpt, Exchange } from '../core/exchange.ts';
import { printfOf, shellWord } from './shell.ts';

/** Bytes of a body that a command line may carry; a longer one is left to a file. */
const MAX_INLINE_BODY = 2_000;

/** What stands for a body that the command cannot carry: a file that the learner is to make. */
export const BODY_FILE = 'request-body';

export interface CurlCommand {
  /** Parts to be joined by spaces; a line may be broken between any two of them. */
  words: readonly string[];
  /** True where the command reads its body from `BODY_FILE`, since the record of it is cut. */
  needsBodyFile: boolean;
}

export interface CurlOptions {
  /** Keeps to ASCII, for a terminal that would garble anything else. */
  ascii?: boolean;
}

/** A command line for bash, zsh or ksh that sends the same target, header fields and body again. */
export function curlOf(exchange: Exchange, options?: CurlOptions): string {
  return curlCommand(exchange, options).words.join(' ');
}

export function curlCommand(exchange: Exchange, { ascii = false }: CurlOptions = {}): CurlCommand {
  const word = (text: string | Buffer) => shellWord(Buffer.from(text as string), ascii);
  const body = bodyBytes(exchange.requestBody);
  // No argument can hold a NUL, so such a body comes through a pipe.
  const piped = Buffer.isBuffer(body) && body.includes(0);
  const words = [
    ...(piped ? [printfOf(body)] : []),
    [piped ? '| curl -i' : 'curl -i', ...optionsOf(exchange, word), word(exchange.url)].join(' '),
    // Header values travel as Latin-1.
    ...headersOf(exchange).map((line) => `-H ${word(Buffer.from(line, 'latin1'))}`),
  ];
  if (body === 'unknown') words.push(`--data-binary @${BODY_FILE}`);
  else if (piped) words.push('--data-binary @-');
  else if (body !== undefined) words.push(`${dataOption(body)} ${word(body)}`);
  return { words, needsBodyFile: body === 'unknown' };
}

function optionsOf({ method, url, requestBody }: Exchange, word: (text: string) => string) {
  const options: string[] = [];
  // curl reads [1-9] and {a,b} in a URL as patterns.
  if (/[[\]{}]/.test(url)) options.push('-g');
  // With -X HEAD, curl would wait for a body that never comes.
  if (method === 'HEAD') options.push('--head');
  else if (method !== 'GET' || requestBody !== undefined) options.push(`-X ${word(method)}`);
  return options;
}

/** curl reads a file where the data begins with `@`, so such a body takes the option that does not. */
function dataOption(body: Buffer): string {
  return body[0] === 0x40 ? '--data-raw' : '--data-binary';
}

/** Of the transport, not of the request: curl makes its own. */
const TRANSPORT = new Set(['connection', 'content-length', 'host', 'transfer-encoding']);

function headersOf({ requestHeaders, requestBody }: Exchange): string[] {
  const lines = requestHeaders
    .filter(([name]) => !TRANSPORT.has(name))
    // `name:` alone would take the header away; a semicolon sends it empty.
    .map(([name, value]) => (value === '' ? `${name};` : `${name}: ${value}`));
  // curl calls a body a form unless told otherwise.
  if (requestBody !== undefined && !requestHeaders.some(([name]) => name === 'content-type'))
    lines.push('content-type:');
  return lines;
}

/** The body as it was sent, if the record holds all of it: as text, or as hexadecimal. */
function bodyBytes(body: BodyExcerpt | undefined): Buffer | 'unknown' | undefined {
  if (body === undefined) return undefined;
  if (body.truncated || body.bytes > MAX_INLINE_BODY) return 'unknown';
  const bytes = Buffer.from(body.text);
  if (bytes.length === body.bytes) return bytes;
  const decoded = Buffer.from(body.text, 'hex');
  return decoded.length === body.bytes ? decoded : 'unknown';
}
