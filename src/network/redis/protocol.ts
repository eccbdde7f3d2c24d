/** The stream is not what it should be, or not what this project can follow. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

export const CR = 13;
export const LF = 10;

/** A byte as the character that messages and types name it by. */
export function letter(byte: number): string {
  return String.fromCharCode(byte);
}
