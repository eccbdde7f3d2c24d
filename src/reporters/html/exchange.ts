import { STATUS_CODES } from 'node:http';
import type { BodyExcerpt, Exchange, HeaderList } from '../../core/exchange.ts';
import { BODY_FILE, curlCommand } from '../curl.ts';
import { count, duration, number } from '../terminal/duration.ts';
import { tellingHeader } from '../terminal/headers.ts';
import { layOutJson } from '../terminal/json-text.ts';
import { cut, html, line, type Markup } from './markup.ts';

/** UTF-16 units of a command that is still worth copying. */
const MAX_COMMAND = 6_000;
const MAX_BODY = 16_000;
const MAX_HEADERS = 60;
const MAX_VIOLATIONS = 20;
/** Columns in which JSON is laid out. */
const JSON_COLUMNS = 56;

/**
 * A request and its answer side by side, where it breaks the contract, and a command that repeats it.
 * @param mentions what the failure says, in lower case: header fields that it names are shown
 */
export function exchangeOf(exchange: Exchange, mentions: string): Markup {
  return html`<div class="exchange">
<section><h5>Request</h5>${requestOf(exchange)}</section>
<section><h5>Response</h5>${responseOf(exchange, mentions)}</section>
${violationsOf(exchange)}
${repeatOf(exchange)}
</div>`;
}

/** `/tasks?limit=3`: every request goes to the app. */
export function targetOf({ url }: Exchange): string {
  return line(URL.canParse(url) ? url.slice(new URL(url).origin.length) : url, 500);
}

function requestOf(exchange: Exchange): Markup {
  const { method, instance, note, requestHeaders, requestBody } = exchange;
  return html`<p class="first"><code><b>${line(method, 20)}</b> ${targetOf(exchange)}</code>${
    instance !== undefined && html` <span class="quiet small">on ${line(instance, 40)}</span>`
  }</p>
${note !== undefined && html`<p class="quiet small">${line(note)}</p>`}
${headersOf(requestHeaders)}
${requestBody !== undefined && bodyOf(requestBody)}`;
}

function responseOf({ response, error, durationMs, violations }: Exchange, mentions: string) {
  const took = html` <span class="quiet small">after ${duration(durationMs)}</span>`;
  if (response === undefined)
    return html`<p class="first none">${cut(error?.message ?? 'none', 2_000)}${took}</p>`;
  const { status, headers, body } = response;
  const telling = tellingHeader(violations, mentions);
  const others = headers.filter(([name]) => !telling(name));
  return html`<p class="first"><code><b class="${statusClass(status)}">${status}</b> ${STATUS_CODES[status] ?? ''}</code>${took}</p>
${headersOf(headers.filter(([name]) => telling(name)))}
${
  others.length > 0 &&
  html`<details class="more"><summary>${count(others.length, 'other header')}</summary>${headersOf(others)}</details>`
}
${bodyOf(body)}`;
}

/** A failure of the app's own stands out; any other status may be just what was wanted. */
export function statusClass(status: number): string {
  return status >= 500 ? 'status bad' : 'status';
}

function headersOf(headers: HeaderList): Markup | undefined {
  if (headers.length === 0) return undefined;
  const rest = headers.length - MAX_HEADERS;
  return html`<ul class="headers">${headers
    .slice(0, MAX_HEADERS)
    .map(
      ([name, value]) =>
        html`<li><code><span class="quiet">${line(name, 100)}:</span> ${line(value, 1_000)}</code></li>`,
    )}${rest > 0 && html`<li class="quiet">and ${rest} more</li>`}</ul>`;
}

/** JSON is laid out, any other text is as it came. */
function bodyOf(body: BodyExcerpt): Markup {
  if (body.bytes === 0) return html`<p class="quiet small">no body</p>`;
  const text = cut(body.text, MAX_BODY);
  const whole = !body.truncated && body.text.length <= MAX_BODY;
  return html`<pre class="body"><code>${layOutJson(text, JSON_COLUMNS) ?? text}</code></pre>
${!whole && html`<p class="quiet small">The beginning of ${number(body.bytes)} bytes.</p>`}`;
}

function violationsOf({ violations }: Exchange): Markup | undefined {
  if (violations.length === 0) return undefined;
  const rest = violations.length - MAX_VIOLATIONS;
  return html`<section class="wide"><h5>Against the contract</h5>
<ul class="violations">${violations
    .slice(0, MAX_VIOLATIONS)
    .map(
      ({ at, expected, actual }) =>
        html`<li><code>${line(at, 200)}</code>: expected ${line(expected, 400)}, got ${line(actual, 400)}</li>`,
    )}${rest > 0 && html`<li class="quiet">and ${rest} more</li>`}</ul></section>`;
}

/** What is copied must run as it is, so nothing in it is cut. */
function repeatOf(exchange: Exchange): Markup {
  const { words, needsBodyFile } = curlCommand(exchange);
  const command = words.join(' \\\n  ');
  const { requestBody } = exchange;
  const shown =
    command.length > MAX_COMMAND
      ? html`<p class="quiet">The command is too long to be shown.</p>`
      : html`<div class="copy"><pre class="curl"><code>${command}</code></pre></div>`;
  return html`<section class="wide"><h5>Repeat</h5>
${
  needsBodyFile &&
  requestBody !== undefined &&
  html`<p class="quiet small">First put the body (${number(requestBody.bytes)} bytes) into a file, <code>${BODY_FILE}</code>.</p>`
}
${shown}</section>`;
}
