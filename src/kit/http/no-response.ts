import { errorCode, messageOf } from '../../core/errors.ts';
import type { HttpLimits } from './client.ts';

export interface NoResponse {
  code: string;
  expected: string;
  actual: string;
  hint: string;
}

interface Circumstances {
  timedOut: boolean;
  timeoutMs: number;
  limits: HttpLimits;
}

/** Why no whole answer came, in a learner's words. */
export function noResponse(
  error: unknown,
  { timedOut, timeoutMs, limits }: Circumstances,
): NoResponse {
  const seconds = `${timeoutMs / 1000} s`;
  if (timedOut) {
    return {
      code: 'timeout',
      expected: `a whole answer within ${seconds}`,
      actual: 'none by then',
      hint: 'Find what the handler waits for: a query that never returns, a promise nobody settles, an answer that is never ended.',
    };
  }
  const code = errorCode(error) ?? 'unknown';
  const message = messageOf(error) || code;
  // undici's words for 100 (Continue) and 101 (Switching Protocols), which nobody asked for.
  const interim = code === 'UND_ERR_SOCKET' && /^bad (response|upgrade)$/.test(message);
  switch (interim ? 'interim' : code) {
    case 'interim':
      return {
        code,
        expected: 'an answer to this request',
        actual: 'status 100 or 101, which the request did not ask for',
        hint: 'Answer with a final status: the request has neither Expect nor Upgrade.',
      };
    case 'ECONNREFUSED':
      return {
        code,
        expected: 'an answer',
        actual: 'connection refused: nothing listens on PORT any more',
        hint: 'The app has stopped. Look at its last log lines: an error that nobody catches ends the process.',
      };
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
    case 'EPIPE':
      return {
        code,
        expected: 'a whole answer',
        actual: 'the connection was closed before the answer was complete',
        hint: 'Either the app crashed while it handled this request (its log says), or the handler ended the connection itself.',
      };
    case 'UND_ERR_RES_EXCEEDED_MAX_SIZE':
      return {
        code,
        expected: `a body of at most ${limits.maxBodyBytes >> 20} MiB`,
        actual: 'a larger one',
        hint: 'Bound what one answer holds: page it.',
      };
    case 'UND_ERR_HEADERS_OVERFLOW':
    case 'HPE_HEADER_OVERFLOW':
      return {
        code,
        expected: `headers of at most ${limits.maxHeaderBytes >> 10} KiB`,
        actual: 'more',
        hint: 'Headers are for metadata; put what is long into the body.',
      };
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return {
        code,
        expected: 'a body as long as Content-Length says',
        actual: 'another length',
        hint: 'Leave Content-Length to your framework; where you set it, count bytes, not characters.',
      };
    default:
      return {
        code,
        expected: 'a well-formed HTTP answer',
        actual: message,
        hint: 'The answer breaks HTTP itself. Let your framework write it, rather than writing to the socket.',
      };
  }
}
