export interface Command {
  name: string;
  properties: Record<string, string>;
  value: string;
}

/**
 * Reads a step's output as the runner of GitHub Actions does: a line that begins with `::`, after
 * blanks, is a command; so is `##[…]` anywhere in a line, the older form; and between
 * `::stop-commands::<token>` and `::<token>::` there are none.
 */
export function runnerOf(output: string): { commands: Command[]; shown: string[] } {
  const commands: Command[] = [];
  const shown: string[] = [];
  let token: string | undefined;
  for (const line of output.split(/\r?\n/)) {
    const command = parse(line);
    if (token !== undefined) {
      if (command?.name === token) token = undefined;
      else shown.push(line);
    } else if (command?.name === 'stop-commands') token = command.value;
    else if (command !== undefined) commands.push(command);
    else shown.push(line);
  }
  return { commands, shown };
}

function parse(line: string): Command | undefined {
  const newer = /^\s*::([^\s:]+)(?:\s+([^:]*(?::(?!:)[^:]*)*))?::(.*)$/s.exec(line);
  const older = /##\[([^\s\]]+)(?:\s+([^\]]*))?\](.*)$/s.exec(line);
  const [, name, properties = '', value = ''] = newer ?? older ?? [];
  if (name === undefined) return undefined;
  const pairs = properties.split(newer ? ',' : ';').flatMap((pair) => {
    const [key, ...rest] = pair.split('=');
    return key?.trim() && rest.length > 0 ? [[key.trim(), unescaped(rest.join('='))]] : [];
  });
  return { name, properties: Object.fromEntries(pairs), value: unescaped(value) };
}

function unescaped(text: string): string {
  return text.replace(/%(25|0D|0A|3A|2C)/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
