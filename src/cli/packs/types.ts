import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Pack } from '../../catalog/catalog.ts';
import { kitTypes } from '../../catalog/kit-resolution.ts';
import { environmentError } from '../../core/errors.ts';
import { BUILT_IN } from '../../core/lab.ts';
import { runCommand } from '../../platform/command.ts';
import { claimDirectory } from '../../platform/directories.ts';
import type { Host } from '../../platform/host.ts';
import { createRunDirectory } from '../../platform/run-directory.ts';

const TIMEOUT_MS = 300_000;

/**
 * Checks the types of the graders in the packs that the user named, with the pack's own TypeScript or
 * that of labs, and prints what it finds. Says so where there is none.
 *
 * @returns the packs that have type errors, as they were named
 */
export async function typeErrors(packs: readonly Pack[], host: Host): Promise<string[]> {
  const mistyped: string[] = [];
  for (const pack of packs) {
    if (pack.origin.pack === BUILT_IN) continue;
    if (!(await isWellTyped(pack, host))) mistyped.push(pack.origin.pack);
  }
  return mistyped;
}

async function isWellTyped({ root, origin }: Pack, host: Host): Promise<boolean> {
  const { directories, env, signal, stdout, stderr } = host;
  const from = [root, directories.package];
  const compiler = find('typescript/package.json', from);
  if (compiler === undefined) {
    stderr.write(
      `The types of the graders of ${origin.pack} were not checked: there is no TypeScript. ` +
        `Run \`npm install --save-dev typescript\` in ${root}.\n`,
    );
    return true;
  }
  const nodeTypes = find('@types/node/package.json', from);
  const run = await createRunDirectory(claimDirectory(directories.runs));
  try {
    const config = path.join(run.path, 'tsconfig.json');
    await writeFile(config, JSON.stringify(configFor(root, nodeTypes)));
    const tsc = path.join(path.dirname(compiler), 'bin', 'tsc');
    const outcome = await runCommand(process.execPath, [tsc, '-p', config, '--pretty', 'false'], {
      env: { ...env, ...run.marker },
      cwd: root,
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    signal.throwIfAborted();
    if (!outcome.started || outcome.timedOut)
      throw environmentError(`The types of the graders of ${origin.pack} could not be checked.`);
    // No graders in TypeScript (TS18003) is none that is wrong.
    if (outcome.exitCode === 0 || outcome.stdout.includes('error TS18003')) return true;
    stdout.write(`\nTypes of the graders of ${origin.pack}:\n${indented(outcome.stdout)}`);
    return false;
  } finally {
    await run.remove();
  }
}

/** As strict as labs is with its own graders; the kit is found as it is when they run. */
function configFor(root: string, nodeTypes: string | undefined) {
  return {
    compilerOptions: {
      target: 'es2024',
      lib: ['es2024', 'esnext.disposable'],
      module: 'esnext',
      moduleResolution: 'bundler',
      types: nodeTypes === undefined ? [] : ['node'],
      ...(nodeTypes !== undefined && { typeRoots: [path.resolve(nodeTypes, '../..')] }),
      paths: { 'backend-labs/kit': [kitTypes()] },
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noPropertyAccessFromIndexSignature: true,
      erasableSyntaxOnly: true,
      verbatimModuleSyntax: true,
      allowImportingTsExtensions: true,
      resolveJsonModule: true,
      skipLibCheck: true,
      noEmit: true,
    },
    include: [path.join(root, 'graders/**/*.ts')],
    exclude: [],
  };
}

function find(module: string, from: readonly string[]): string | undefined {
  for (const directory of from) {
    try {
      return createRequire(path.join(directory, 'index.js')).resolve(module);
    } catch {
      // Not there: the next may have it.
    }
  }
  return undefined;
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ').concat('\n');
}
