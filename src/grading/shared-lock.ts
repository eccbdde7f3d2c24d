/** Many may hold it together, or one alone. Who asks for it alone goes before those who come later. */
export class SharedLock {
  #holders = 0;
  #alone = false;
  readonly #waiting: { alone: boolean; admit: () => void }[] = [];

  together<T>(action: () => Promise<T>): Promise<T> {
    return this.#hold(false, action);
  }

  alone<T>(action: () => Promise<T>): Promise<T> {
    return this.#hold(true, action);
  }

  async #hold<T>(alone: boolean, action: () => Promise<T>): Promise<T> {
    await new Promise<void>((admit) => {
      this.#waiting.push({ alone, admit });
      this.#admit();
    });
    try {
      return await action();
    } finally {
      if (alone) this.#alone = false;
      else this.#holders -= 1;
      this.#admit();
    }
  }

  #admit(): void {
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined || this.#alone || (next.alone && this.#holders > 0)) return;
      this.#waiting.shift();
      if (next.alone) this.#alone = true;
      else this.#holders += 1;
      next.admit();
    }
  }
}
