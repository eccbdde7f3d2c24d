import { isUtf8 } from 'node:buffer';
import type { BodyExcerpt } from '../../core/exchange.ts';

const MAX_EXCERPT_BYTES = 16 << 10;

/** A body as text for the record, cut where it is long; what is not text is shown as hexadecimal. */
export function bodyExcerpt(body: Buffer): BodyExcerpt {
  const truncated = body.length > MAX_EXCERPT_BYTES;
  const cut = truncated ? wholeCharacters(body.subarray(0, MAX_EXCERPT_BYTES)) : body;
  return {
    text: isUtf8(cut) ? cut.toString('utf8') : cut.subarray(0, 256).toString('hex'),
    bytes: body.length,
    truncated: truncated || (!isUtf8(cut) && cut.length > 256),
  };
}

/** A cut may fall inside a character: up to three bytes of it then stand at the end. */
function wholeCharacters(cut: Buffer): Buffer {
  const ends = [0, 1, 2, 3].map((n) => cut.subarray(0, cut.length - n));
  return ends.find((end) => isUtf8(end)) ?? cut;
}
