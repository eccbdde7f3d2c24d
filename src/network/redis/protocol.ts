export const CR = 13;
export const LF = 10;

/** A byte as the character that messages and types name it by. */
export function letter(byte: number): string {
  return String.fromCharCode(byte);
}
