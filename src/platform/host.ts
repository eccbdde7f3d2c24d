/** Everything outside that a command touches; a test passes its own and reads what was written. */
export interface Host {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  arch: string;
  /** True for root, who cannot run Postgres and whose packages can be installed. */
  isRoot: boolean;
  stdout: Output;
  stderr: Output;
  /** One line from the user; undefined where nobody can answer. */
  ask(question: string): Promise<string | undefined>;
  /** Aborted by SIGINT, SIGTERM or SIGHUP. */
  signal: AbortSignal;
  directories: Directories;
  /** How long `labs doctor` waits; its own limits are for a person who is waiting. */
  doctorLimits?: DoctorLimits;
}

export interface DoctorLimits {
  /** For all that it looks at. */
  allMs: number;
  /** For a program that it runs. */
  programMs: number;
}

export interface Output {
  write(text: string): void;
  isTerminal: boolean;
  /** Width in columns; 80 where it is not known. */
  columns: number;
  /** Whether colours are wanted: a terminal, and neither NO_COLOR nor FORCE_COLOR=0 says no. */
  colors: boolean;
}

/** Absolute paths. */
export interface Directories {
  /** The package: `labs/`, `templates/`, `schemas/` are in it. */
  package: string;
  /** What may be made again at a cost: prepared data directories, installed solutions. */
  cache: string;
  /** One directory a run, on memory where the machine has it. */
  runs: string;
  /** What is remembered of the user: which workspaces are theirs. */
  state: string;
}
