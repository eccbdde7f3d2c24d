/** Who says something on a connection. */
export type Side = 'client' | 'server';

/** The stream is not what it should be, or not what this project can follow. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly by: Side | undefined;

  /** @param by Whose doing it is; where nothing is said, that of the side which is being read. */
  constructor(message: string, by?: Side) {
    super(message);
    this.by = by;
  }
}
