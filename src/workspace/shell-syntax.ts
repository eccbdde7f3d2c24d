/** A part of a command that only a shell would understand. */
export interface ShellSyntax {
  /** What stands there: `&&`, `$HOME`; a line break where a second command would begin. */
  text: string;
  index: number;
  kind: 'setting' | 'variable' | 'operator' | 'pattern' | 'home' | 'line';
}

/**
 * The shell syntax at a place of a command, if there is any.
 *
 * Brackets are none: nobody who writes `pip install uvicorn[standard]` means a pattern.
 */
export function shellSyntaxAt(
  command: string,
  index: number,
  { quoted, wordStart, firstWord }: { quoted: boolean; wordStart: boolean; firstWord: boolean },
): ShellSyntax | undefined {
  const match = (pattern: RegExp, kind: ShellSyntax['kind']): ShellSyntax | undefined => {
    pattern.lastIndex = index;
    const text = pattern.exec(command)?.[0];
    return text === undefined ? undefined : { text, index, kind };
  };
  // A shell puts variables and commands into double quotes as well.
  const inserted = match(/\$(?:\w+|\{[^}]*\}?|\()|`/y, 'variable');
  if (quoted || inserted !== undefined) return inserted;
  return (
    (firstWord && wordStart ? match(/[A-Za-z_]\w*=\S*/y, 'setting') : undefined) ??
    (wordStart ? match(/~(?=[\s/]|$)/y, 'home') : undefined) ??
    match(/\d?>>?(?:&\d)?|&&?|\|\|?|;|<|\(|\)/y, 'operator') ??
    match(/[*?]/y, 'pattern') ??
    (wordStart && firstWord ? undefined : match(/\n(?=\s*\S)/y, 'line'))
  );
}
