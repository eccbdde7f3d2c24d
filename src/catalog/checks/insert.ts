import { isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { usageError } from '../../core/errors.ts';
import type { Source } from '../yaml/source.ts';

/** Where in a checks.yaml a check is to go. */
export interface IntoStage {
  id: string;
  /** Of one that the file does not have yet. */
  title?: string | undefined;
  world: 'shared' | 'own';
  withheld: boolean;
}

/**
 * The text of a checks.yaml with one more check, at the end of a stage, which is added where the file does not
 * have it. All else stays as it is, comments and layout too.
 *
 * @param check an item of a list, its lines indented from nothing
 * @throws {LabsError} usage: the file is laid out so that nothing can be put in line by line
 */
export function withCheck(source: Source, stage: IntoStage, check: string): string {
  const { text } = source;
  const stages = parseDocument(text, { merge: true, prettyErrors: false }).get('stages');
  if (stages === null || stages === undefined)
    return `${text.trimEnd()}\n${indented(stageText(stage, check), '  ')}`;
  if (!isBlock(stages)) throw notByLines(source, 'stages');
  const found = stages.items.find(
    (item): item is YAMLMap => isMap(item) && item.get('id') === stage.id,
  );
  if (found === undefined) return after(text, stages, stageText(stage, check));
  const checks = found.get('checks');
  if (!isBlock(checks)) throw notByLines(source, `the checks of the stage "${stage.id}"`);
  return after(text, checks, check);
}

function isBlock(node: unknown): node is YAMLSeq {
  return isSeq(node) && node.flow !== true && node.items.length > 0;
}

function stageText({ id, title, world, withheld }: IntoStage, check: string): string {
  const head = [
    `- id: ${id}`,
    ...(title === undefined ? [] : [`  title: ${JSON.stringify(title)}`]),
    ...(world === 'own' ? ['  world: own'] : []),
    ...(withheld ? ['  details: withheld'] : []),
    '  checks:',
  ];
  return `${head.join('\n')}\n${indented(check, '    ')}`;
}

/** Puts an item after the last one of a list, a blank line between them. */
function after(text: string, list: YAMLSeq, item: string): string {
  const [firstDash] = list.range!;
  const indent = text.slice(text.lastIndexOf('\n', firstDash - 1) + 1, firstDash);
  const [, end] = (list.items.at(-1) as YAMLMap).range!;
  const isWhole = text[end - 1] === '\n';
  const next = isWhole ? end : text.indexOf('\n', end) + 1;
  const at = next === 0 ? text.length : next;
  const before = text.slice(0, at);
  return `${before.trimEnd()}\n\n${indented(item, indent)}${text.slice(at)}`;
}

function indented(text: string, indent: string): string {
  return text.replace(/^(?=.)/gm, indent);
}

function notByLines({ shownAs }: Source, what: string) {
  return usageError(`${shownAs}: ${what} are not a list with a line for each item.`, {
    hint: 'Write the list with a dash before each item, or add the check yourself.',
  });
}
