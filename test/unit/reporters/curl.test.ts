import { execFileSync } from 'node:child_process';
import { describe, expect, it, test } from 'vitest';
import type { Exchange } from '../../../src/core/exchange.ts';
import { plain } from '../../../src/core/text.ts';
import { curlCommand, curlOf } from '../../../src/reporters/curl.ts';
import { bodyOf, exchangeOf } from './samples/reports.ts';

/** What curl would be given: its arguments as bash splits them, and its standard input. */
function given(exchange: Exchange, ascii = false): { args: Buffer[]; stdin: Buffer } {
  const script = `curl() { printf '%s\\0' "$#" "$@"; [ "\${@: -1}" = @- ] && cat; true; }\n`;
  // A line break between words must mean no more than a space.
  const command = curlCommand(exchange, { ascii }).words.join(' \\\n  ');
  const output = execFileSync('bash', ['-c', script + command]).toString('latin1');
  const [count, ...rest] = output.split('\0');
  const bytes = (text: string) => Buffer.from(text, 'latin1');
  return {
    args: rest.slice(0, Number(count)).map(bytes),
    stdin: bytes(rest.slice(Number(count)).join('\0')),
  };
}

function post(text: string, changes: Partial<Exchange> = {}): Exchange {
  return exchangeOf({
    method: 'POST',
    requestHeaders: [['content-type', 'text/plain']],
    requestBody: bodyOf(text),
    ...changes,
  });
}

describe('curlOf', () => {
  test.each([
    [exchangeOf(), "curl -i http://127.0.0.1:43125/tasks -H 'accept: application/json'"],
    [
      exchangeOf({ method: 'DELETE', requestHeaders: [] }),
      'curl -i -X DELETE http://127.0.0.1:43125/tasks',
    ],
    [
      exchangeOf({ method: 'HEAD', requestHeaders: [] }),
      'curl -i --head http://127.0.0.1:43125/tasks',
    ],
    [
      exchangeOf({ url: 'http://localhost/a?b[]=1&c={d}', requestHeaders: [] }),
      "curl -i -g 'http://localhost/a?b[]=1&c={d}'",
    ],
    [
      post("it's"),
      "curl -i -X POST http://127.0.0.1:43125/tasks -H 'content-type: text/plain' --data-binary 'it'\\''s'",
    ],
    [
      post('@file'),
      "curl -i -X POST http://127.0.0.1:43125/tasks -H 'content-type: text/plain' --data-raw @file",
    ],
    [
      post('x', {
        method: 'GET',
        requestHeaders: [
          ['content-length', '1'],
          ['x-empty', ''],
        ],
      }),
      "curl -i -X GET http://127.0.0.1:43125/tasks -H 'x-empty;' -H content-type: --data-binary x",
    ],
  ])('%#', (exchange, expected) => {
    expect(curlOf(exchange)).toBe(expected);
  });

  it('leaves a body that is cut to a file', () => {
    const cut = post('', { requestBody: { text: 'abc', bytes: 100_000, truncated: true } });
    expect(curlOf(cut)).toMatch(/--data-binary @request-body$/);
    expect(curlCommand(cut).needsBodyFile).toBe(true);
    expect(curlCommand(post('x'.repeat(5_000))).needsBodyFile).toBe(true);
  });

  it('leaves a body that is shown in hexadecimal, and not all of it, to a file', () => {
    const binary = { text: 'ff'.repeat(256), bytes: 1_000, truncated: false };
    expect(curlCommand(post('', { requestBody: binary })).needsBodyFile).toBe(true);
  });
});

describe('in a shell', () => {
  const BODIES = [
    '{"title":"Don\'t panic","tags":["a","b"]}',
    '',
    '\' " ` $HOME $(id) !! \\ \\n % %s * ? ~ # ; & | < > ( ) { } [ ]',
    'tab\there\r\nand\n"more"\x01\x7f1',
    'é 日本語 👩‍👩‍👧 \u202e \u200b',
    '-n',
    "line\nwith 'quotes' and 100%! and \\",
  ];

  test.each(BODIES)('%j arrives as it is', (body) => {
    for (const ascii of [false, true]) {
      expect(given(post(body), ascii).args.at(-1)).toEqual(Buffer.from(body));
      expect(curlOf(post(body), { ascii })).toMatch(ascii ? /^[\x20-\x7e]*$/ : /^[^\n\t]*$/);
    }
    expect(plain(curlOf(post(body)))).toBe(curlOf(post(body)));
  });

  test.each(["a\0b'c%d\\e\n!", '\0', '-\0-'])('%j arrives through a pipe', (body) => {
    expect(given(post(body)).stdin).toEqual(Buffer.from(body));
  });

  it('sends every byte', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const requestBody = { text: bytes.toString('hex'), bytes: 256, truncated: false };
    expect(given(post('', { requestBody })).stdin).toEqual(bytes);
    const rest = bytes.subarray(1);
    const hex = { text: rest.toString('hex'), bytes: 255, truncated: false };
    expect(given(post('', { requestBody: hex })).args.at(-1)).toEqual(rest);
  });

  it('sends header values as Latin-1, as they were', () => {
    const args = given(exchangeOf({ requestHeaders: [['x-name', 'é\t$(id)']] })).args;
    expect(args.at(-1)).toEqual(Buffer.from('x-name: é\t$(id)', 'latin1'));
  });

  it('runs nothing that a URL or a method holds', () => {
    const url = "http://localhost/'$(touch x)`id`;!!";
    const { args } = given(exchangeOf({ method: '$(id);', url, requestHeaders: [] }));
    expect(args.map(String)).toEqual(['-i', '-X', '$(id);', url]);
  });
});
