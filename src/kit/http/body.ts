import { isUtf8 } from 'node:buffer';
import type { BodyExcerpt } from '../../core/exchange.ts';

const MAX_EXCERPT_BYTES = 16 << 10;

/** A body as text for the record, cut where it is long; what is not text is shown as hexadecimal. */
export function bodyExcerpt(body: Buffer): BodyExcerpt {
  const cut = body.subarray(0, MAX_EXCERPT_BYTES);
  // A cut may fall inside a character: up to three bytes of it then stand at the end.
  const readable = [0, 1, 2, 3].some((n) => isUtf8(cut.subarray(0, cut.length - n)));
  return {
    text: readable ? cut.toString('utf8') : cut.subarray(0, 256).toString('hex'),
    bytes: body.length,
    truncated: body.length > cut.length,
  };
}
