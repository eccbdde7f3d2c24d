import type { Fix } from './finding.ts';
import type { Rights } from './machine.ts';

/** debconf asks questions on a terminal that nobody sees behind our pipe. */
const UNATTENDED = 'DEBIAN_FRONTEND=noninteractive';

/** The command lines of a fix for a person to copy. */
export function shownCommands({ command, privileged }: Fix, rights: Rights): string[] {
  const lead = privileged && rights === 'sudo' ? ['sudo'] : [];
  return command.map((argv) => [...lead, ...argv].map(quoted).join(' '));
}

/** The same, as they are run. */
export function runnableCommands({ command, privileged }: Fix, rights: Rights): string[][] {
  return command.map((argv) => [
    ...(privileged && rights === 'sudo' ? ['sudo'] : []),
    // sudo keeps little of the environment: the variable must be set behind it.
    ...(argv[0] === 'apt-get' ? ['env', UNATTENDED] : []),
    ...argv,
  ]);
}

export function canRun({ privileged }: Fix, rights: Rights): boolean {
  return !privileged || rights !== 'none';
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
