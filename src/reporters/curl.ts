import type { BodyExcerpt, Exchange } from '../core/exchange.ts';
import { printfOf, shellWord } from './shell.ts';

/** Bytes of a body that a command line may carry; a longer one is left to a file. */
const MAX_INLINE_BODY = 2_000;

/** What stands for a body that the command cannot carry: a file that the learner is to make. */
export const BODY_FILE = 'request-body';

export interface CurlCommand {
  /** Words, quoted for a shell and kept with their option; to be joined by spaces. */
  words: readonly string[];
  /** True where the command reads its body from `BODY_FILE`, since the record of it is cut. */
  needsBodyFile: boolean;
}

/** A command line for bash, zsh or ksh that repeats the request, byte for byte. */
export function curlOf(exchange: Exchange): string {
  return curlCommand(exchange).words.join(' ');
}

export function curlCommand(exchange: Exchange): CurlCommand {
  const body = bodyBytes(exchange.requestBody);
  // No argument can hold a NUL, so such a body comes through a pipe.
  const piped = Buffer.isBuffer(body) && body.includes(0);
  const url = shellWord(Buffer.from(exchange.url));
  const words = [
    ...(piped ? [printfOf(body), '|'] : []),
    // curl reads [1-9] and {a,b} in a URL as patterns.
    `curl -i${/[[\]{}]/.test(exchange.url) ? ' -g' : ''}`,
    ...methodWords(exchange),
    url,
    ...headerWords(exchange),
  ];
  if (body === 'unknown') words.push(`--data-binary @${BODY_FILE}`);
  else if (piped) words.push('--data-binary @-');
  else if (body !== undefined) words.push(dataWord(body));
  return { words, needsBodyFile: body === 'unknown' };
}

function methodWords({ method, requestBody }: Exchange): string[] {
  if (method === 'GET' && requestBody === undefined) return [];
  // With -X HEAD, curl would wait for a body that never comes.
  return method === 'HEAD' ? ['--head'] : [`-X ${shellWord(Buffer.from(method))}`];
}

/** curl reads a file where the data begins with `@`, so such a body takes the option that does not. */
function dataWord(body: Buffer): string {
  const option = body[0] === 0x40 ? '--data-raw' : '--data-binary';
  return `${option} ${shellWord(body)}`;
}

/** Of the transport, not of the request: curl makes its own. */
const TRANSPORT = new Set(['connection', 'content-length', 'host', 'transfer-encoding']);

function headerWords({ requestHeaders, requestBody }: Exchange): string[] {
  const lines = requestHeaders
    .filter(([name]) => !TRANSPORT.has(name))
    // `name:` alone would take the header away; a semicolon sends it empty.
    .map(([name, value]) => (value === '' ? `${name};` : `${name}: ${value}`));
  // curl calls a body a form unless told otherwise.
  if (requestBody !== undefined && !requestHeaders.some(([name]) => name === 'content-type'))
    lines.push('content-type:');
  // Header values travel as Latin-1.
  return lines.map((line) => `-H ${shellWord(Buffer.from(line, 'latin1'))}`);
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
