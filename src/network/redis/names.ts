const CONTAINERS = new Set(
  (
    'ACL CLIENT CLUSTER COMMAND CONFIG DEBUG FUNCTION HOTKEYS LATENCY MEMORY MODULE OBJECT ' +
    'PUBSUB SCRIPT SENTINEL SLOWLOG XGROUP XINFO'
  ).split(' '),
);

const REDACTED = '(redacted)';

export interface Named {
  readonly name: string;
  /** What follows the name, but for passwords. */
  readonly args: readonly string[];
}

/** What a command is called: its first word, or two where the first is but a family of commands. */
export function nameOf(words: readonly string[]): Named {
  const [first = '', second] = words;
  const name = first.toUpperCase();
  if (second !== undefined && CONTAINERS.has(name)) {
    return { name: `${name} ${second.toUpperCase()}`, args: words.slice(2) };
  }
  const args = words.slice(1);
  if (name === 'AUTH') return { name, args: args.map(() => REDACTED) };
  return { name, args: name === 'HELLO' ? withoutPassword(args) : args };
}

/** HELLO 3 AUTH user password … */
function withoutPassword(args: readonly string[]): readonly string[] {
  const auth = args.findIndex((arg) => arg.toUpperCase() === 'AUTH');
  if (auth < 0) return args;
  return args.map((arg, n) => (n === auth + 1 || n === auth + 2 ? REDACTED : arg));
}
