import path from 'node:path';
import type { Pack } from '../../catalog/catalog.ts';
import { ExitCode } from '../../core/errors.ts';
import { BUILT_IN } from '../../core/lab.ts';
import type { Host } from '../../platform/host.ts';
import { version } from '../../platform/version.ts';
import { type CiSystem, workflowOf } from '../ci-workflow.ts';
import { openPacks } from '../packs/open.ts';

export interface StartOptions {
  lab: string;
  directory?: string;
  language?: string;
  pack: readonly string[];
  /** Adds what grades the workspace at every push. */
  ci?: CiSystem;
}

export async function start(options: StartOptions, host: Host): Promise<number> {
  const { findLab } = await import('../../catalog/catalog.ts');
  const { startWorkspace } = await import('../../workspace/start.ts');
  const packs = await openPacks(options.pack, host);
  const entry = await findLab(packs, options.lab, { cwd: host.cwd });
  const target = path.resolve(host.cwd, options.directory ?? entry.manifest.id);
  const workflow =
    options.ci &&
    workflowOf(options.ci, {
      lab: entry.manifest.id,
      version: version(host),
      packs: options.pack,
      cwd: host.cwd,
    });
  const started = await startWorkspace({
    entry,
    target,
    signal: host.signal,
    ...(options.language !== undefined && { language: options.language }),
  });
  if (workflow !== undefined) {
    const { atomicFile } = await import('../../platform/atomic-file.ts');
    await atomicFile(path.join(target, workflow.path))(workflow.text);
  }
  const { tryToRemember } = await import('../trust.ts');
  const unremembered = await tryToRemember(target, host);
  if (unremembered !== undefined) host.stderr.write(`${unremembered}\n`);
  const shown = path.relative(host.cwd, target) || '.';
  const enter = shown === '.' ? '' : `  cd ${shown}\n`;
  const grade = ['npx labs grade', ...packArguments(packs, target)].join(' ');
  host.stdout.write(
    `${entry.manifest.title}: the ${started.language} template is in ${shown}.\n\n${enter}` +
      `  ${grade}      see where you stand\n\n` +
      `README.md is the brief, openapi.yaml the contract. Pass with ${entry.manifest.passingScore} % of the points.\n` +
      (workflow === undefined
        ? ''
        : `${workflow.path} grades at every push, once this directory is the root of a repository.\n`),
  );
  return ExitCode.passed;
}

/** A pack is named at each command; a relative path is another one from the new directory. */
function packArguments(packs: readonly Pack[], from: string): string[] {
  return packs.flatMap(({ origin, root }) => {
    if (origin.pack === BUILT_IN) return [];
    return [
      `--pack ${/^\.{1,2}([/\\]|$)/.test(origin.pack) ? path.relative(from, root) : origin.pack}`,
    ];
  });
}
