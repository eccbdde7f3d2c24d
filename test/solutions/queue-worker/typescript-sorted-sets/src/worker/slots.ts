/** So many may work at a time. */
export class Slots {
  readonly #size: number
  readonly #busy = new Set<Promise<void>>()

  constructor(size: number) {
    this.#size = size
  }

  /** Settles once there is room. */
  async free(): Promise<void> {
    while (this.#busy.size >= this.#size) await Promise.race(this.#busy)
  }

  /** `work` does not reject. */
  fill(work: () => Promise<void>): void {
    const working = work().finally(() => this.#busy.delete(working))
    this.#busy.add(working)
  }

  /** Settles once all are done. */
  async empty(): Promise<void> {
    await Promise.all(this.#busy)
  }
}
