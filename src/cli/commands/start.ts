import path from 'node:path';
import { ExitCode } from '../../core/errors.ts';
import type { Host } from '../../platform/host.ts';
import { builtInPack } from '../packs.ts';

export interface StartOptions {
  lab: string;
  directory?: string;
  language?: string;
}

export async function start(options: StartOptions, host: Host): Promise<number> {
  const { findLab } = await import('../../catalog/catalog.ts');
  const { startWorkspace } = await import('../../workspace/start.ts');
  const entry = await findLab([builtInPack(host)], options.lab, { cwd: host.cwd });
  const target = path.resolve(host.cwd, options.directory ?? entry.manifest.id);
  const started = await startWorkspace({
    entry,
    target,
    signal: host.signal,
    ...(options.language !== undefined && { language: options.language }),
  });
  const { tryToRemember } = await import('../trust.ts');
  const unremembered = await tryToRemember(target, host);
  if (unremembered !== undefined) host.stderr.write(`${unremembered}\n`);
  const shown = path.relative(host.cwd, target) || '.';
  const enter = shown === '.' ? '' : `  cd ${shown}\n`;
  host.stdout.write(
    `${entry.manifest.title}: the ${started.language} template is in ${shown}.\n\n${enter}` +
      `  npx labs grade      see where you stand\n\n` +
      `README.md is the brief, openapi.yaml the contract. Pass with ${entry.manifest.passingScore} of 100.\n`,
  );
  return ExitCode.passed;
}
