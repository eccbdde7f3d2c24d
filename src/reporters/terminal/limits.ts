/** How much of a failure is shown before it is cut. */
export interface DetailLimits {
  /** Of one text, in UTF-16 units. */
  chars: number;
  /** Of one text, a body or a log, as laid out. */
  lines: number;
  /** Of what was done, expected and got. */
  sentenceLines: number;
  /** Shown in full; of the others one line each. */
  exchanges: number;
  /** All header fields, or only those that tell something. */
  allHeaders: boolean;
}

export const BRIEF: DetailLimits = {
  chars: 2_000,
  lines: 14,
  sentenceLines: 6,
  exchanges: 2,
  allHeaders: false,
};

export const VERBOSE: DetailLimits = {
  chars: 16_000,
  lines: 200,
  sentenceLines: 60,
  exchanges: 20,
  allHeaders: true,
};
