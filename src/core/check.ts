/** What became of a check. `failed` is the learner's; `errored` is ours and costs nobody points. */
export type Verdict = 'passed' | 'failed' | 'skipped' | 'errored';

/** Further reading: a specification section, a chapter, a manual page. */
export interface Reference {
  title: string;
  url: string;
}

/** One behaviour that a grader demands, without the code that tries it. */
export interface CheckInfo {
  /** Unique in its lab, lower-case words joined by hyphens. */
  id: string;
  /** A sentence that says what holds when the check passes. */
  title: string;
  points: number;
  stage: string;
  /** Ids of the checks that must pass before this one is worth trying. */
  needs: readonly string[];
  hint: string;
  reference: Reference;
  timeoutMs: number;
}

export interface StageInfo {
  id: string;
  title: string;
}
