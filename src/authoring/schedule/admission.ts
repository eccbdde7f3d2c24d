/** Lets actions begin, in the order in which they asked. */
export interface Admission {
  run<T>(action: () => Promise<T>): Promise<T>;
}

export interface Measures {
  /** Share of the cores that were busy in the moment just past, 0 to 1. */
  busy(): number;
  /** Bytes that can be had. */
  memory(): number;
}

export interface AdmissionLimits {
  /** As many run at once whatever the load is. */
  least: number;
  most: number;
}

/** A subject's apps, in two worlds of its own beside the shared one, with room to spare. */
const MEMORY_OF_ONE = 768 << 20;
/** Above it an app gets to wait for a core, and that is not what is graded. */
const BUSY = 0.7;
/** One that has just begun builds and starts its app: only then is its load seen. */
const SETTLES_MS = 500;

/**
 * As many at once as the machine has room for: grading is mostly waiting, for windows to pass and
 * entries to expire, and these waits may overlap.
 */
export class LoadAdmission implements Admission {
  readonly #measures: Measures;
  readonly #limits: AdmissionLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(measures: Measures, limits: AdmissionLimits) {
    this.#measures = measures;
    this.#limits = limits;
  }

  async run<T>(action: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      this.#admit();
    });
    try {
      return await action();
    } finally {
      this.#running -= 1;
      this.#admit();
    }
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#running < this.#limits.least) this.#begin();
    if (this.#waiting.length > 0 && this.#timer === undefined) {
      // The first look is at the load since now.
      this.#measures.busy();
      this.#timer = setInterval(() => this.#look(), SETTLES_MS);
    }
  }

  #look(): void {
    const busy = this.#measures.busy();
    if (
      this.#waiting.length > 0 &&
      this.#running < this.#limits.most &&
      busy < BUSY &&
      this.#measures.memory() > MEMORY_OF_ONE
    )
      this.#begin();
    if (this.#waiting.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #begin(): void {
    this.#running += 1;
    this.#waiting.shift()!();
  }
}
