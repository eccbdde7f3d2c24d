// Generated from schemas/workspace.schema.json by "npm run generate"; do not edit.

/** A program and its arguments, without a shell: a list, or a string where quotes join words. */
export type CommandLine = string | [string, ...string[]];

/** labs.yaml in a learner's directory: how the app is installed, built and started. */
export interface WorkspaceManifest {
  /** Version of this format. */
  formatVersion: 1;
  /** Id of the lab, as `labs list` shows it. */
  lab: string;
  /** What the app is written in. It chooses the image that a sandbox runs. */
  language: string;
  /** Fetches what the app depends on. */
  install?: CommandLine;
  /** Makes what `start` runs. */
  build?: CommandLine;
  /** Starts the web process. The short form of `processes` with `web` alone. */
  start?: CommandLine;
  /** Starts each process, by name, where the app has more than `web`. */
  processes?: {
    /** Starts the process that speaks HTTP. */
    web: CommandLine;
    [k: string]: CommandLine;
  };
  /** Settings of your own for every process. The grader gives PORT and the URLs of the services. */
  env: {
    [k: string]: string;
  };
}
