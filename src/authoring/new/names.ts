import { quote } from '../../catalog/quote.ts';
import { usageError } from '../../core/errors.ts';

const WORDS = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAX_LENGTH = 64;
const MAX_TITLE = 80;

/**
 * An id of a lab, a check or a mutant, which is also the name of a folder or a file.
 *
 * @param what as the error calls it: `a lab`
 * @throws {LabsError} usage: it is not made of lower-case words joined by hyphens
 */
export function checkedId(what: string, id: string): string {
  if (WORDS.test(id) && id.length <= MAX_LENGTH) return id;
  const meant = idLike(id);
  const rule =
    id.length > MAX_LENGTH
      ? `at most ${MAX_LENGTH} characters long`
      : 'lower-case words joined by hyphens, a letter first';
  throw usageError(`${quote(id)} cannot be the id of ${what}: it must be ${rule}.`, {
    hint: meant === '' ? 'For example: notes, crud-api.' : `For example: ${meant}.`,
  });
}

/** @throws {LabsError} usage: it is empty, too long or has more than one line */
export function checkedTitle(title: string): string {
  const trimmed = title.trim();
  // Control characters have no place in a heading, nor do line breaks.
  if (trimmed !== '' && trimmed.length <= MAX_TITLE && !/\p{Cc}/u.test(trimmed)) return trimmed;
  throw usageError(
    `${quote(title)} cannot be a title: it must be one line of 1 to ${MAX_TITLE} characters.`,
  );
}

/** `rate-limiting` → `Rate limiting`. */
export function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function idLike(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, MAX_LENGTH)
    .replace(/-+$/, '');
}
