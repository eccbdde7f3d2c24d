/** Paths as a tree: a line for each folder and file, two blanks for each level. */
export function treeOf(paths: Iterable<string>): string[] {
  const lines: string[] = [];
  let open: string[] = [];
  for (const file of [...paths].sort(byFolder)) {
    const folders = file.split('/').slice(0, -1);
    const same = folders.findIndex((name, index) => open[index] !== name);
    const known = same === -1 ? folders.length : same;
    for (const [index, name] of folders.entries())
      if (index >= known) lines.push(`${'  '.repeat(index)}${name}/`);
    lines.push(`${'  '.repeat(folders.length)}${file.split('/').at(-1)}`);
    open = folders;
  }
  return lines;
}

/** Files of a folder before the folders in it. */
function byFolder(a: string, b: string): number {
  const [one, other] = [a.split('/'), b.split('/')];
  const at = one.findIndex((name, index) => name !== other[index]);
  const isFile = Number(at === other.length - 1) - Number(at === one.length - 1);
  return isFile || one[at]!.localeCompare(other[at]!, 'en');
}
