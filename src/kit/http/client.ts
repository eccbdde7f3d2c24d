import { Client, type Dispatcher } from 'undici';
import type { Contract } from '../../core/contract.ts';
import { bug, errorCode, messageOf } from '../../core/errors.ts';
import { describeExchange, type Exchange, type HeaderList } from '../../core/exchange.ts';
import { CheckFailure } from '../../core/failure.ts';
import { shown } from '../shown.ts';
import type { Trace } from '../trace.ts';
import { bodyExcerpt } from './body.ts';
import { noResponse } from './no-response.ts';
import { requestHeaders } from './request-headers.ts';
import { Response } from './response.ts';

/** Bounds on what an answer may cost us, whatever the app sends. */
export interface HttpLimits {
  /** Milliseconds from the call to the last byte; a drip-feed cannot outlive it. */
  timeoutMs: number;
  maxBodyBytes: number;
  maxHeaderBytes: number;
}

export const HTTP_LIMITS: HttpLimits = {
  timeoutMs: 5_000,
  maxBodyBytes: 16 << 20,
  maxHeaderBytes: 32 << 10,
};

export interface RequestOptions {
  /** Sent as `application/json` unless a header says otherwise. */
  json?: unknown;
  /** Sent as it is. */
  body?: string | Buffer;
  headers?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | number>>;
  /** What failures say of this request: "again, with the same Idempotency-Key". */
  note?: string;
  timeoutMs?: number;
}

/**
 * A client that takes an answer as it is: redirects are not followed, nothing is inflated, nothing
 * is retried, and each request has a connection of its own.
 *
 * A path may be a whole URL, such as a Location that the app gave. Every method throws `CheckFailure`
 * where it leads away from the app, where a header has a value that cannot be sent, and where no whole
 * answer comes in time.
 */
export interface Http {
  request<Body = any>(
    method: string,
    path: string,
    options?: RequestOptions,
  ): Promise<Response<Body>>;
  get<Body = any>(path: string, options?: RequestOptions): Promise<Response<Body>>;
  post<Body = any>(path: string, options?: RequestOptions): Promise<Response<Body>>;
  put<Body = any>(path: string, options?: RequestOptions): Promise<Response<Body>>;
  patch<Body = any>(path: string, options?: RequestOptions): Promise<Response<Body>>;
  delete<Body = any>(path: string, options?: RequestOptions): Promise<Response<Body>>;
  /**
   * The same for another web process, on the same record and under the same contract:
   * `await http.to('web.2').get('/items')`. By itself it speaks to `web.1`. A URL that one
   * instance gave is asked of the one that is spoken to.
   *
   * Throws `RangeError` where the world has no such process, `NotAvailable` where the server that is
   * graded is not ours.
   */
  to(instance: string): Http;
}

export const FIRST_INSTANCE = 'web.1';

export interface HttpSetup {
  /** Origin of a web process; asked at each request, since a restarted app may listen elsewhere. */
  origin: (instance: string) => string;
  /** The web processes, where there are several: requests then say to which they went. */
  instances?: readonly string[];
  trace: Trace;
  contract: Contract;
  signal: AbortSignal;
  limits?: HttpLimits;
}

export function createHttp(setup: HttpSetup, instance = FIRST_INSTANCE): Http {
  const request = (method: string, path: string, options: RequestOptions = {}) =>
    send(setup, instance, method, path, options);
  return {
    request,
    get: (path, options) => request('GET', path, options),
    post: (path, options) => request('POST', path, options),
    put: (path, options) => request('PUT', path, options),
    patch: (path, options) => request('PATCH', path, options),
    delete: (path, options) => request('DELETE', path, options),
    to: (other) => {
      // Throws where there is none, before anything is sent.
      setup.origin(other);
      return createHttp(setup, other);
    },
  };
}

async function send(
  setup: HttpSetup,
  instance: string,
  method: string,
  path: string,
  options: RequestOptions,
): Promise<Response> {
  const { trace, contract, limits = HTTP_LIMITS, instances = [] } = setup;
  setup.signal.throwIfAborted();
  const origins = [instance, ...instances].map(setup.origin);
  const url = targetOf(method, path, origins);
  for (const [name, value] of Object.entries(options.query ?? {}))
    url.searchParams.append(name, String(value));
  const body =
    options.body ?? (options.json === undefined ? undefined : JSON.stringify(options.json));
  const headers = requestHeaders(options, actionOf(method, path));
  const timeoutMs = options.timeoutMs ?? limits.timeoutMs;
  const startedAt = trace.now();
  const common = {
    id: trace.nextId(),
    method,
    url: url.href,
    ...(instances.length > 1 && { instance }),
    ...(options.note !== undefined && { note: options.note }),
    requestHeaders: headers,
    ...(body !== undefined && { requestBody: bodyExcerpt(Buffer.from(body)) }),
    startedAt,
  };
  const finish = trace.begin(common);
  const deadline = AbortSignal.timeout(timeoutMs);
  const client = new Client(url.origin, {
    maxHeaderSize: limits.maxHeaderBytes,
    maxResponseSize: limits.maxBodyBytes,
    headersTimeout: 0,
    bodyTimeout: 0,
    // The deadline covers it; undici's own timer for it ticks only twice a second.
    connectTimeout: 0,
  });
  let answer: Dispatcher.ResponseData;
  let bytes: Buffer;
  try {
    answer = await client.request({
      method: method as 'GET',
      path: url.pathname + url.search,
      headers: headers.flat(),
      body: body ?? null,
      reset: true,
      signal: AbortSignal.any([setup.signal, deadline]),
    });
    bytes = Buffer.from(await answer.body.bytes());
    void client.close();
  } catch (error) {
    // Not awaited: a peer that never ends its side must not hold the check.
    void client.destroy().catch(() => {});
    // The run's or the check's own deadline is not the learner's failure to answer this request.
    if (setup.signal.aborted) throw setup.signal.reason;
    if (errorCode(error) === 'UND_ERR_INVALID_ARG')
      throw bug(`The grader's ${method} ${path} cannot be sent: ${messageOf(error)}.`);
    const reason = noResponse(error, { timedOut: deadline.aborted, timeoutMs, limits });
    const exchange: Exchange = {
      ...common,
      durationMs: trace.now() - startedAt,
      error: { code: reason.code, message: reason.actual },
      violations: [],
    };
    finish(exchange);
    throw new CheckFailure({
      action: describeExchange(exchange),
      expected: reason.expected,
      actual: reason.actual,
      evidence: [{ kind: 'exchange', exchange }],
      hint: reason.hint,
    });
  }
  const responseHeaders = headerList(answer.headers);
  const exchange: Exchange = {
    ...common,
    durationMs: trace.now() - startedAt,
    response: { status: answer.statusCode, headers: responseHeaders, body: bodyExcerpt(bytes) },
    violations: contract.violations({
      method,
      path: url.pathname,
      status: answer.statusCode,
      headers: responseHeaders,
      body: bytes,
    }),
  };
  finish(exchange);
  return new Response(answer.statusCode, responseHeaders, bytes, exchange);
}

/**
 * The app may name any URL in what it answers; a grader that asked another server would be its tool.
 * @param origins of the instance to ask, and of the others
 */
function targetOf(method: string, path: string, [origin, ...others]: readonly string[]): URL {
  const url = URL.parse(path, origin);
  if (url !== null && url.origin === new URL(origin!).origin) return url;
  if (url !== null && others.some((other) => url.origin === new URL(other).origin))
    return new URL(url.pathname + url.search, origin);
  throw new CheckFailure({
    action: actionOf(method, path),
    expected: `a path of the app, or a URL that begins with ${origin}`,
    actual: url === null ? `${shown(path)}, which is no URL` : `a URL of ${originOf(url)}`,
    evidence: [],
    hint: 'Requests go to the app alone. Where you answer with a whole URL, take its host and port from the request.',
  });
}

/** Of a request that is not sent, and so not on record. */
function actionOf(method: string, path: string): string {
  return `${method} ${path.length <= 200 ? path : `${path.slice(0, 200)}…`}`;
}

/** `null` is what the URL standard calls the origin of `file:` and its like. */
function originOf(url: URL): string {
  return url.origin === 'null' ? `the scheme ${url.protocol}` : url.origin;
}

function headerList(headers: Record<string, string | string[] | undefined>): HeaderList {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((line): [string, string] => [name.toLowerCase(), line]),
  );
}
