import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const KIT = 'backend-labs/kit';

let registered = false;

/**
 * From now on every module finds the kit by its name, without a `node_modules` of its own, and it
 * is this one: with a copy of another version, what a check throws would not be known as a failure.
 * TypeScript runs below `node_modules` too, where Node.js itself refuses it.
 */
export function resolveKit(): void {
  if (registered) return;
  registered = true;
  silenceTypeStripping();
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === KIT
        ? next(specifier, { ...context, parentURL: import.meta.url })
        : next(specifier, context),
    load: (url, context, next) => {
      if (!/^file:.*\/node_modules\/.*\.m?ts$/.test(url)) return next(url, context);
      const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

/** That Node.js calls it experimental is nothing that the user of a pack could mend. */
function silenceTypeStripping(): void {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (/type ?stripping|stripTypeScriptTypes/i.test(String(warning))) return;
    (emitWarning as (...args: unknown[]) => void).call(process, warning, ...rest);
  };
}

/** Where the compiler finds what graders import: declarations, or the source where it runs from that. */
export function kitTypes(): string {
  const compiled = path.extname(import.meta.filename) === '.js';
  const file = compiled ? '../kit/index.d.ts' : '../kit/index.ts';
  return path.join(import.meta.dirname, file);
}
