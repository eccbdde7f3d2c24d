import path from 'node:path';
import { createContext, Script } from 'node:vm';
import commonJs from '@balena/dockerignore';
import { errorCode, usageError } from '../../../core/errors.ts';
import { IGNORE_FILE, type Pattern, readPatterns } from './ignore-file.ts';
import type { Limits } from './limits.ts';
import { shown } from './refusal.ts';

/** What a submission's .dockerignore leaves out. */
export interface Ignore {
  /** Of each path, whether it is left out. */
  ignored(paths: readonly string[]): boolean[];
  /** Whether below a directory that is left out there may be an exception (`!`). */
  mayKeepBelow(directory: string): boolean;
}

/** Without it there is nothing to grade. */
const ALWAYS_SENT = 'labs.yaml';

const NOTHING: Ignore = {
  ignored: (paths) => paths.map(() => false),
  mayKeepBelow: () => false,
};

/** @throws {LabsError} usage: .dockerignore is no readable file, is too much, or has a wrong line */
export async function readIgnore(directory: string, limits: Limits): Promise<Ignore> {
  const patterns = await readPatterns(directory, limits);
  if (patterns.length === 0) return NOTHING;
  const matches = matcherOf(patterns, limits.maxIgnoreMs);
  const exceptions = patterns.flatMap(exceptionOf);
  return {
    ignored(paths) {
      return matches(paths).map((isMatch, index) => isMatch && paths[index] !== ALWAYS_SENT);
    },
    mayKeepBelow(name) {
      const inside = `${name}/`;
      return exceptions.some(
        ({ start, isWhole }) => start.startsWith(inside) || (!isWhole && inside.startsWith(start)),
      );
    },
  };
}

/**
 * The package makes regular expressions of the patterns, and a pattern of seven stars backtracks
 * for years. Only V8 can end that: it looks for the time limit of `vm` even within an expression.
 */
function matcherOf(patterns: readonly Pattern[], maxMs: number) {
  const rules = commonJs.default({ ignorecase: false }).add(patterns.map(compilable));
  let paths: readonly string[] = [];
  let leftMs = maxMs;
  const context = createContext({ match: () => paths.map((name) => rules.ignores(name)) });
  const script = new Script('match()');
  return (asked: readonly string[]): boolean[] => {
    paths = asked;
    const startedAt = performance.now();
    try {
      return script.runInContext(context, { timeout: Math.max(1, Math.ceil(leftMs)) });
    } catch (error) {
      if (errorCode(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw usageError(`The patterns of ${IGNORE_FILE} take over ${maxMs / 1000} s to match.`, {
        hint: 'Use fewer of them, with fewer stars in each.',
      });
    } finally {
      leftMs -= performance.now() - startedAt;
    }
  };
}

/**
 * The pattern with what means itself to Docker, and would mean something to a regular expression,
 * escaped. The package knows only of `.` and `$`, as Docker itself once did.
 */
function compilable({ text, line }: Pattern): string {
  const escaped = text.replace(
    /\\([a-z\d])|(\\.|\[(?:\\.|[^\]\\])+\])|[+(){}|^]/gi,
    (match, letter?: string, whole?: string) => letter ?? whole ?? `\\${match}`,
  );
  try {
    commonJs.default().add(escaped).ignores('x');
    return escaped;
  } catch {
    throw usageError(`${IGNORE_FILE}:${line}: ${shown(text)} is no pattern.`, {
      hint: 'See what stands in [ ], or write \\[ for the character itself.',
    });
  }
}

/** Up to its first wildcard, what an exception names. */
function exceptionOf({ text }: Pattern): { start: string; isWhole: boolean }[] {
  // `/!a` and `! a` are exceptions to Docker, too.
  const [, named] = /^\/?!\s*(.*)$/.exec(text) ?? [];
  if (named === undefined) return [];
  const pattern = path.posix.normalize(named).replace(/^\/|\/$/g, '');
  const wildcard = pattern.search(/[*?[\\]/);
  return wildcard === -1
    ? [{ start: pattern, isWhole: true }]
    : [{ start: pattern.slice(0, wildcard), isWhole: false }];
}
