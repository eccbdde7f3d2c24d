import type { Command } from '../../../core/submission.ts';
import type { ContextFile } from '../context/files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the sandbox must know of a language. Each has a folder here, and a line in `index.ts`. */
export interface Language {
  /** As `language` in labs.yaml names it. */
  readonly names: readonly string[];
  /** Has the language's tools; the engine pulls it. */
  readonly image: string;
  /** For install, build and the app. `PATH` goes before the image's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Directories with programs that the install step brought; first on PATH. */
  readonly binaries: readonly string[];
  /**
   * The files that decide what the install step does, so that it need not run again while they stay
   * as they are. Undefined where it may depend on any file.
   * @param read gives the text of a file of the workspace
   */
  installInputs(
    install: Command,
    files: readonly ContextFile[],
    read: (path: string) => Promise<string>,
  ): Promise<readonly ContextFile[] | undefined>;
  /**
   * One of these files, without what the install step does not read: the workspace's name, for one.
   * The step gets just this, so that workspaces which differ in nothing else share an image.
   */
  essence?(install: Command, path: string, text: string): string;
  /** Where the install step fetches packages, as this machine is set up. */
  registry(env: Environment): Promise<Registry>;
}

export interface Registry {
  /** Hosts that the install step may connect to; with a port where it is not HTTP's or HTTPS's. */
  hosts: readonly string[];
  env: Readonly<Record<string, string>>;
}
