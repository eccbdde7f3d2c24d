/** How many items several queues hold together. */
export interface Total {
  count: number;
}

/** A queue whose `shift` costs the same at any length; an array's does not. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #start = 0;
  readonly #total: Total;

  /** @param total Is kept up to date. */
  constructor(total: Total = { count: 0 }) {
    this.#total = total;
  }

  get length(): number {
    return this.#items.length - this.#start;
  }

  get first(): T | undefined {
    return this.#items[this.#start];
  }

  get last(): T | undefined {
    return this.length > 0 ? this.#items[this.#items.length - 1] : undefined;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#total.count++;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#start];
    this.#items[this.#start++] = undefined;
    this.#total.count--;
    if (this.#start === this.#items.length) this.clear();
    else if (this.#start > 1024 && this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
    return item;
  }

  clear(): void {
    this.#total.count -= this.length;
    this.#items = [];
    this.#start = 0;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let index = this.#start; index < this.#items.length; index++) {
      yield this.#items[index] as T;
    }
  }
}
