import { HTML_REPORT } from '../../../core/report.ts';
import { readIgnore } from './ignore.ts';
import { LIMITS, type Limits } from './limits.ts';
import { linkProblems } from './links.ts';
import { refusal } from './refusal.ts';
import { sizeProblems } from './sizes.ts';
import { walk } from './walk.ts';

/** One entry of a submission as the sandbox gets it. */
export interface ContextFile {
  /** From the submission's root, with `/` between names; never `.`, `..` or absolute. */
  path: string;
  kind: 'directory' | 'file' | 'symlink';
  /** Permission bits: 0o755, 0o644, or 0o777 of a symlink. */
  mode: number;
  /** In bytes; 0 of what is no file. */
  size: number;
  /** Where a symlink points, as it was written. */
  target?: string;
}

export interface ListOptions {
  /** True where no install step makes the dependency directories anew. */
  keepInstalled?: boolean;
  limits?: Partial<Limits>;
}

/** Never sent: history, our own notes and reports, and bytecode that a fixed mtime makes stale. */
const NEVER = ['.git', '.labs', HTML_REPORT, '__pycache__'];
/** What an install step makes, for this machine and not for the sandbox. */
const INSTALLED = ['node_modules', '.venv', 'venv'];

/**
 * What of a stranger's directory is sent into a sandbox, by sorted path: parents come before what
 * is in them. No link is followed and nothing is run.
 *
 * @throws {LabsError} usage: something in it cannot be sent, or is too much
 */
export async function listFiles(
  directory: string,
  { keepInstalled = false, limits = {} }: ListOptions = {},
): Promise<ContextFile[]> {
  const bounds = { ...LIMITS, ...limits };
  const { files, problems, complete } = await walk(directory, {
    ignore: await readIgnore(directory, bounds),
    skipped: new Set(keepInstalled ? NEVER : [...NEVER, ...INSTALLED]),
    limits: bounds,
  });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  // Of half a tree nobody can say where its links lead.
  if (complete) problems.push(...linkProblems(files, bounds), ...sizeProblems(files, bounds));
  if (problems.length > 0) throw refusal(problems);
  return files;
}
