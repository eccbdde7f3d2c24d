import { usageError } from '../../core/errors.ts';

/** As they stand on the command line. */
export interface VerifyCommandOptions {
  labs: readonly string[];
  pack: readonly string[];
  provider: 'auto' | 'docker' | 'local';
  runtime: 'process' | 'docker';
  only: readonly string[];
  repeat?: string;
  seed: readonly string[];
  quick: boolean;
  load: boolean;
  jobs?: string;
  json?: string;
  matrix: readonly string[];
  from?: string;
}

/** How the subjects are graded. */
export interface VerifySettings {
  provider: 'auto' | 'docker' | 'local';
  runtime: 'process' | 'docker';
  only: readonly string[];
  repeat: number;
  seeds: readonly string[];
  quick: boolean;
  load: boolean;
  /** Undefined: as many as the machine has room for. */
  jobs: number | undefined;
}

export interface MatrixFile {
  file: string;
  format: 'markdown' | 'html';
}

/** @throws {LabsError} usage: a value that is none */
export function settingsOf(options: VerifyCommandOptions): VerifySettings {
  const { provider, runtime, only, seed: seeds, quick, load, jobs, repeat = '1' } = options;
  return {
    provider,
    runtime,
    only,
    seeds,
    quick,
    load,
    repeat: positive(repeat, '--repeat'),
    jobs: jobs === undefined ? undefined : positive(jobs, '--jobs'),
  };
}

/** @throws {LabsError} usage: an extension that says nothing */
export function matrixFilesOf({ matrix }: VerifyCommandOptions): MatrixFile[] {
  return matrix.map((file) => {
    if (/\.(md|markdown)$/i.test(file)) return { file, format: 'markdown' };
    if (/\.html?$/i.test(file)) return { file, format: 'html' };
    throw usageError(`--matrix ${file}: expected a file that ends in .md or .html.`);
  });
}

/**
 * What was recorded cannot be graded in another way.
 * @throws {LabsError} usage
 */
export function refuseBesideFrom(options: VerifyCommandOptions): void {
  const { quick, load, jobs, repeat, only, seed, json, pack } = options;
  const beside = Object.entries({ quick, load, jobs, repeat, only, seed, json, pack }).find(
    ([, value]) => (Array.isArray(value) ? value.length > 0 : Boolean(value)),
  );
  if (beside === undefined) return;
  throw usageError(`--from and --${beside[0]} do not go together.`, {
    hint: '--from shows what was recorded, and grades nothing; leave one of them out.',
  });
}

function positive(text: string, option: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw usageError(`${option} ${text}: expected a whole number from 1.`);
}
