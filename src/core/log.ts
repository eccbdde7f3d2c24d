/** One line that a process of the app wrote, free of control sequences. */
export interface LogLine {
  /** Milliseconds since the run began. */
  at: number;
  /** `web.1`, or the step that wrote it: `install`, `build`. */
  source: string;
  stream: 'stdout' | 'stderr';
  text: string;
}
