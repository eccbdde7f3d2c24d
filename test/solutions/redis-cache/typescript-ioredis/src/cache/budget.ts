export class OutOfTime extends Error {}

/** How long one request may still wait for Redis: all its waits together have so many milliseconds. */
export class Budget {
  #left: number

  constructor(milliseconds: number) {
    this.#left = milliseconds
  }

  /** Rejects as the promise does, or with `OutOfTime`. */
  async spend<T>(promise: Promise<T>): Promise<T> {
    const begin = performance.now()
    let timer: NodeJS.Timeout | undefined
    const expired = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new OutOfTime('Redis is too slow')), this.#left)
    })
    try {
      return await Promise.race([promise, expired])
    } finally {
      clearTimeout(timer)
      this.#left -= performance.now() - begin
    }
  }
}
