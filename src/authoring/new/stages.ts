/** The longest line with a list of stages. */
const WIDTH = 100;

/**
 * The text of a grader's index.ts with one more stage: `./<id>.ts` imported, and last among the stages. Undefined
 * where the stages are no plain list of names.
 */
export function withStage(text: string, id: string): string | undefined {
  const name = nameOf(id);
  const list = /^([ \t]*)?(.*)\bstages: \[([\w\s,]*)\]/m.exec(text);
  const [lastImport] = [...text.matchAll(/^(?:import\b.*|\} )from '[^']+';\n/gm)].slice(-1);
  if (list === null || lastImport === undefined) return undefined;
  const names = list[3]!.split(',').map((each) => each.trim());
  const stages = [...names.filter((each) => each !== ''), name];
  const indent = list[1] ?? '';
  const line = `${indent}${list[2]}stages: [${stages.join(', ')}]`;
  const [rest = ''] = text.slice(list.index + list[0].length).split('\n', 1);
  const written =
    line.length + rest.length <= WIDTH
      ? line
      : `${indent}${list[2]}stages: [\n${stages.map((each) => `${indent}  ${each},\n`).join('')}${indent}]`;
  // Sorted, as formatters have it.
  const next = [...text.matchAll(/^import \w+ from '\.\/([^']+)';\n/gm)].find(
    ([, file]) => file! > `${id}.ts`,
  );
  const at = next?.index ?? lastImport.index + lastImport[0].length;
  const withList = text.slice(0, list.index) + written + text.slice(list.index + list[0].length);
  return `${withList.slice(0, at)}import ${name} from './${id}.ts';\n${withList.slice(at)}`;
}

/** A word alone could be one of the language's own, such as `class`. */
function nameOf(id: string): string {
  const joined = id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return joined === id ? `${id}Stage` : joined;
}
