/** The stream that a view writes to; its width is asked at each use, since a window may be resized. */
export interface Screen {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly colors: boolean;
}
