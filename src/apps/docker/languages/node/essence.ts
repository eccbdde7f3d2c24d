import type { Command } from '../../../../core/submission.ts';

/** Of package.json; scripts that installing would run keep a workspace from sharing at all. */
const UNREAD = [
  'name',
  'version',
  'description',
  'keywords',
  'author',
  'license',
  'private',
  'type',
  'main',
  'scripts',
];
/** Of what a lock file repeats of it. */
const REPEATED = ['name', 'version', 'license'];
const LOCK_FILES = ['package-lock.json', 'npm-shrinkwrap.json'];
const INSTALLS = ['ci', 'clean-install', 'install', 'i'];

/** Other managers name the project in their lock files, or have scripts of their own. */
export function essence([program, verb = '']: Command, path: string, text: string): string {
  if (program !== 'npm' || !INSTALLS.includes(verb)) return text;
  const content = parse(text);
  if (content === undefined) return text;
  if (path === 'package.json') return JSON.stringify(without(content, UNREAD));
  if (!LOCK_FILES.includes(path)) return text;
  const { packages } = content;
  const root = isRecord(packages) ? packages[''] : undefined;
  return JSON.stringify({
    ...without(content, REPEATED),
    ...(isRecord(root) && {
      packages: { ...(packages as object), '': without(root, REPEATED) },
    }),
  });
}

function without(content: Record<string, unknown>, keys: readonly string[]) {
  return Object.fromEntries(Object.entries(content).filter(([key]) => !keys.includes(key)));
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
