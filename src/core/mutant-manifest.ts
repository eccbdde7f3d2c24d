// Generated from schemas/mutant.schema.json by "npm run generate"; do not edit.

/** mutant.yaml: a solution with one deliberate fault, and the checks that must catch it. */
export interface MutantManifest {
  /** Version of this format. */
  formatVersion: 1;
  /** Name of the solution that the fault is put into: a folder beside the mutants' in solutions/<lab>/. */
  solution: string;
  /** What is wrong with it, in a sentence. */
  fault: string;
  /**
   * Ids of the checks that must fail; every other one passes, or is skipped because it needs one of these.
   *
   * @minItems 1
   */
  caughtBy: [string, ...string[]];
  /**
   * Replacements in the solution's files. A folder `files/` beside mutant.yaml may hold whole files to put over the solution's.
   *
   * @minItems 1
   */
  edits?: [
    {
      /** Path in the solution. */
      file: string;
      /** Text that stands in the file exactly once. */
      find: string;
      /** What stands there in the mutant. */
      replace: string;
    },
    ...{
      /** Path in the solution. */
      file: string;
      /** Text that stands in the file exactly once. */
      find: string;
      /** What stands there in the mutant. */
      replace: string;
    }[],
  ];
}
