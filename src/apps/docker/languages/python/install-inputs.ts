import type { Command } from '../../../../core/submission.ts';
import type { ContextFile } from '../../context/files.ts';

const LOCK_FILES = ['uv.lock', 'poetry.lock', 'Pipfile', 'Pipfile.lock'];
const REQUIREMENTS = /^[^/]*(?:requirements|constraints)[^/]*\.txt$|^requirements\/[^/]+\.txt$/;
const MANAGERS = ['pip', 'pip3', 'python', 'python3', 'uv'];
/** Packages that lie in the workspace: `-e .`, `./lib`, `file:…`. */
const LOCAL = /^\s*(?:-e|--editable|\.{1,2}(?:\/|$)|\/|file:|[\w.-]+\s*@\s*file:)/m;

export async function installInputs(
  install: Command,
  files: readonly ContextFile[],
  read: (path: string) => Promise<string>,
): Promise<readonly ContextFile[] | undefined> {
  // A project that installs itself (`pip install .`) depends on all of it, and so may a script.
  const installsFiles = install.includes('-r') || install.includes('--requirement');
  if (!MANAGERS.includes(install[0]) || !installsFiles) return undefined;
  if (install.some((word) => LOCAL.test(word))) return undefined;
  const inputs = files.filter(
    ({ path, kind }) => kind === 'file' && (REQUIREMENTS.test(path) || LOCK_FILES.includes(path)),
  );
  const texts = await Promise.all(
    inputs.filter(({ path }) => REQUIREMENTS.test(path)).map(({ path }) => read(path)),
  );
  return inputs.length === 0 || texts.some((text) => LOCAL.test(text)) ? undefined : inputs;
}
