import { type Alias, type Document, visit } from 'yaml';
import { type Problem, refusal } from './problem.ts';
import { type Source, spanOf } from './source.ts';

/** How much more than its text a document may mean, as the parser counts. */
const MAX_ALIASES = 100;

/** What is wrong with each `*name`, which stands for what `&name` marks. */
export function aliasProblems(document: Document.Parsed, allowed: boolean): Problem[] {
  return aliasesIn(document).flatMap((alias) => aliasProblem(document, alias, allowed) ?? []);
}

/**
 * The document as plain data, its aliases resolved.
 *
 * @throws {LabsError} usage: a few hundred bytes of aliases stand for gigabytes
 */
export function plainData(document: Document.Parsed, source: Source): Record<string, unknown> {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const span = { offset: 0, length: 0 };
    throw refusal(source, [{ span, message: `its aliases stand for far too much` }]);
  }
}

function aliasesIn(document: Document.Parsed): Alias[] {
  const found: Alias[] = [];
  visit(document, { Alias: (_, alias) => void found.push(alias) });
  return found;
}

function aliasProblem(
  document: Document.Parsed,
  alias: Alias,
  allowed: boolean,
): Problem | undefined {
  const span = spanOf(alias) ?? { offset: 0, length: 0 };
  const name = `*${alias.source}`;
  if (!allowed) {
    const hint = 'Write the value out where it is wanted.';
    return { span, message: `the alias ${name} is refused`, hint };
  }
  const anchor = spanOf(alias.resolve(document));
  if (anchor === undefined) return { span, message: `there is no &${alias.source} before ${name}` };
  return anchor.offset + anchor.length > span.offset
    ? { span, message: `the alias ${name} stands for itself` }
    : undefined;
}
