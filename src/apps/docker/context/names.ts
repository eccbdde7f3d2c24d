import { isUtf8 } from 'node:buffer';
import type { Limits } from './limits.ts';
import { leaveOut, type Problem, shown } from './refusal.ts';

export interface Named {
  path: string;
  /** The last name of the path as the disk has it. */
  name: Buffer;
  /** What else is kept in the same directory: paths by how names look to a careless disk. */
  siblings: Map<string, string>;
}

/** Why a path cannot be sent, whatever stands there; otherwise its name is now its siblings'. */
export function nameProblem({ path, name, siblings }: Named, limits: Limits): Problem | undefined {
  const problem = (message: string, hint = leaveOut('give it another name')): Problem => ({
    path,
    message: `${shown(path)} ${message}`,
    hint,
  });
  const flaw = flawOf(name);
  if (flaw !== undefined) return problem(`has a name that ${flaw}`);
  if (path.split('/').length > limits.maxDepth)
    return problem(`is more than ${limits.maxDepth} levels deep`, leaveOut('move it further up'));
  if (Buffer.byteLength(path) > limits.maxPathBytes)
    return problem(`has a path of more than ${limits.maxPathBytes} bytes`);
  const look = folded(name.toString());
  const twin = siblings.get(look);
  siblings.set(look, path);
  if (twin === undefined) return undefined;
  const [first, second] = [path, twin].sort().map(shown);
  const message = `${first} and ${second} are one name to a disk that heeds no case or no Unicode normalisation`;
  return { path, message, hint: leaveOut('rename one of them') };
}

/** What is wrong with a name as the disk has it, to follow "that"; undefined where nothing is. */
export function flawOf(name: Buffer): string | undefined {
  // Tools disagree on what such a name is: one replaces bytes, another reads `a\b` as a path.
  if (!isUtf8(name)) return 'is not valid UTF-8';
  const text = name.toString();
  if (/\p{Cc}/u.test(text)) return 'has control characters in it';
  if (text.includes('\\')) return 'has a backslash in it';
  return undefined;
}

/**
 * Equal for names that some disk takes for one: APFS and NTFS know no case, APFS no normalisation.
 * Through upper case, so that `ß` meets `ss`, and both sigmas each other.
 */
function folded(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}
