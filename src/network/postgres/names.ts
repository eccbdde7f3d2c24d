import { Flood, moreThan } from '../flood.ts';

const LIMIT = 50_000;

/** How many names all connections of a tap have in use. */
export interface NameCount {
  open: number;
}

/** Something a client has asked the server to define. */
export interface Definition<T> {
  readonly value: T;
  /** The server did not come to define it, or refused. */
  void: boolean;
  /** What the name meant before, in case that this one turns out void. */
  previous: Definition<T> | undefined;
}

/**
 * What names of prepared statements, or of portals, mean to a client that does not
 * wait for answers: the last definition that the server has not refused or skipped.
 */
export class Names<T> {
  readonly #definitions = new Map<string, Definition<T>>();
  readonly #count: NameCount;

  constructor(count: NameCount) {
    this.#count = count;
  }

  /** The client asks for a definition. Throws a Flood when there are too many (50,000). */
  define(name: string, value: T): Definition<T> {
    const definition = { value, void: false, previous: this.find(name) };
    if (!this.#definitions.has(name)) {
      if (this.#count.open >= LIMIT) {
        throw new Flood(moreThan(LIMIT, 'names of prepared statements and portals'));
      }
      this.#count.open++;
    }
    this.#definitions.set(name, definition);
    return definition;
  }

  /** The server has defined it. */
  confirm(definition: Definition<T>): void {
    definition.previous = undefined;
  }

  find(name: string): Definition<T> | undefined {
    return valid(this.#definitions.get(name));
  }

  /**
   * What the name means to a message sent now. Ask again later: should the server
   * skip the definition, it is what the name meant before.
   */
  refer(name: string, fallback: T): () => T {
    const definition = this.find(name);
    return () => valid(definition)?.value ?? fallback;
  }

  /** The server has closed it; a newer definition of the name stays. */
  close(name: string, closed: Definition<T> | undefined): void {
    if (this.find(name) === closed && this.#definitions.delete(name)) this.#count.open--;
  }

  clear(): void {
    this.#count.open -= this.#definitions.size;
    this.#definitions.clear();
  }
}

function valid<T>(definition: Definition<T> | undefined): Definition<T> | undefined {
  let candidate = definition;
  while (candidate?.void) candidate = candidate.previous;
  return candidate;
}
