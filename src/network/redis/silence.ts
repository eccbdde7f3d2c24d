/**
 * Which commands a server does not answer, since the client has asked it not to.
 *
 * Redis documentation, CLIENT REPLY; what it does not say was tried with Redis 7.0.
 */
export class Silence {
  #isOff = false;
  #skipsNext = false;

  /** Whether this command, the next one that the client has sent, is not answered. */
  covers(name: string, args: readonly string[]): boolean {
    const isSkipped = this.#skipsNext;
    this.#skipsNext = false;
    if (name === 'CLIENT REPLY' && args.length === 1) {
      const mode = (args[0] as string).toUpperCase();
      if (mode === 'ON' || mode === 'OFF') {
        this.#isOff = mode === 'OFF';
        return this.#isOff;
      }
      if (mode === 'SKIP') {
        this.#skipsNext = !this.#isOff;
        return true;
      }
    }
    // RESET ends CLIENT REPLY OFF before it is answered.
    if (name === 'RESET') this.#isOff = false;
    return this.#isOff || isSkipped;
  }
}
