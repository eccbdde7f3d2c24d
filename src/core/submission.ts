/** A workspace that has been validated and can be graded. */
export interface Submission {
  /** Absolute path. */
  directory: string;
  lab: string;
  language: string;
  install?: Command;
  build?: Command;
  /** At least `web`. */
  processes: Readonly<Record<string, Command>>;
  /** Settings of the learner's own; the grader's win. */
  env: Readonly<Record<string, string>>;
}

/** A program and its arguments; no shell is between. */
export type Command = readonly [file: string, ...args: string[]];
