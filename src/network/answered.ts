/** What has been answered, in order: all of it is counted, so much is kept as is asked for and as there is room for. */
export class Answered<T> {
  readonly #most: number;
  /** Those from number `#first` on, without a gap. */
  #kept: T[] = [];
  #first = 0;
  #count = 0;
  #isKeeping = true;

  /** @param most How many are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  get kept(): readonly T[] {
    return this.#kept;
  }

  get isKeeping(): boolean {
    return this.#isKeeping;
  }

  add(record: T): void {
    this.#count++;
    if (this.#isKeeping && this.#kept.length < this.#most) this.#kept.push(record);
  }

  /** This moment, from which on they are kept. */
  mark(): number {
    if (!this.#isKeeping) this.#first = this.#count;
    this.#isKeeping = true;
    return this.#count;
  }

  since(mark: number): T[] {
    return this.#kept.slice(Math.max(0, mark - this.#first));
  }

  hasAllSince(mark: number): boolean {
    if (mark === this.#count) return true;
    return mark >= this.#first && this.#count === this.#first + this.#kept.length;
  }

  /** Lets go of all, and keeps none before the next mark. */
  forget(): void {
    this.#kept = [];
    this.#first = this.#count;
    this.#isKeeping = false;
  }
}
