/** What has been answered, in order: all of it is counted, so much is kept as is asked for and as there is room for. */
export class Answered<T> {
  readonly #most: number;
  /** Those from number `#first` on, without a gap. */
  #kept: T[] = [];
  #first = 0;
  #count = 0;
  #isKeeping = true;
  /** Numbers of the moments at which something was missed. */
  #gaps: number[] = [];
  #lastGap = -1;
  #isMarked = true;

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
    if (!this.#isKeeping) this.#beginAt(this.#count);
    this.#isKeeping = true;
    this.#isMarked = true;
    return this.#count;
  }

  /**
   * Something passed that may have been an answer, and was not read: it takes a number, so that marks
   * before it and after it differ. One does for all between two marks.
   * @returns a number that is at least every mark before, and less than any after
   */
  miss(): number {
    if (this.#isMarked) {
      this.#lastGap = this.#count++;
      this.#gaps.push(this.#lastGap);
      this.#isMarked = false;
    }
    return this.#lastGap;
  }

  since(mark: number): T[] {
    const gapsBefore = this.#gaps.length - this.#gapsSince(mark);
    return this.#kept.slice(Math.max(0, mark - this.#first - gapsBefore));
  }

  /** All that was read, that is. */
  hasAllSince(mark: number): boolean {
    if (mark + this.#gapsSince(mark) === this.#count) return true;
    const all = this.#first + this.#kept.length + this.#gaps.length;
    return mark >= this.#first && this.#count === all;
  }

  /** Lets go of all, and keeps none before the next mark. */
  forget(): void {
    this.#kept = [];
    this.#beginAt(this.#count);
    this.#isKeeping = false;
  }

  #beginAt(count: number): void {
    this.#first = count;
    this.#gaps = [];
  }

  #gapsSince(mark: number): number {
    return this.#gaps.filter((gap) => gap >= mark).length;
  }
}
