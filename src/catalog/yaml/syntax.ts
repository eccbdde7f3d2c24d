import type { ErrorCode, YAMLError } from 'yaml';
import type { Problem } from './problem.ts';
import type { Source } from './source.ts';

/** A parser's error in words for those who do not know YAML by heart. */
export function syntaxProblem(source: Source, error: YAMLError): Problem {
  const [offset, end] = placeIn(source.text, error);
  const span = { offset: Math.min(offset, source.text.length), length: end - offset };
  const there = source.text.slice(offset, end);
  return { span, ...(WORDS[error.code]?.(there, error) ?? { message: lowerFirst(error.message) }) };
}

/** The parser sees that a quote is not closed where the file ends; people look where it opens. */
function placeIn(text: string, { code, message, pos }: YAMLError): [number, number] {
  const mark = code === 'MISSING_CHAR' && /(["'])quote/.exec(message)?.[1];
  const opening = mark ? text.lastIndexOf(mark, pos[0]) : -1;
  return opening === -1 ? pos : [opening, opening + 1];
}

type Words = (there: string, error: YAMLError) => Omit<Problem, 'span'>;

const quotes = 'Put the whole value in quotes.';

const WORDS: Partial<Record<ErrorCode, Words>> = {
  TAB_AS_INDENT: () => ({
    message: 'this line is indented with a tab, and YAML takes only spaces',
    hint: 'Put two spaces in place of the tab.',
  }),
  BLOCK_AS_IMPLICIT_KEY: () => ({
    message: 'a second colon with a blank after it makes no sense here',
    hint: `${quotes} If the next line belongs to another key, mend its indentation.`,
  }),
  BAD_SCALAR_START: (there) => ({
    message: `a value without quotes cannot begin with ${there}`,
    hint: quotes,
  }),
  UNEXPECTED_TOKEN: (_, error) => ({
    message: /node end/.test(error.message)
      ? 'there is more text after the end of the value'
      : lowerFirst(error.message),
    hint: quotes,
  }),
  MISSING_CHAR: (_, error) => ({
    message: /quote/.test(error.message)
      ? 'a quote that was opened is not closed'
      : lowerFirst(error.message),
  }),
  BAD_INDENT: (_, error) => ({
    message: /\b(end with a|sufficiently)\b/.test(error.message)
      ? 'a bracket that was opened is not closed'
      : 'the indentation fits no line above',
    hint: 'Keys that belong together begin in the same column.',
  }),
  MULTIPLE_DOCS: () => ({
    message: 'a second document begins here, and one is expected',
    hint: 'Remove the line with --- and what follows it.',
  }),
  NON_STRING_KEY: () => ({ message: 'a key must be a word' }),
  TAG_RESOLVE_FAILED: (there) => ({ message: `the tag ${there} has no meaning here` }),
  RESOURCE_EXHAUSTION: () => ({ message: 'nested too deeply' }),
};

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
