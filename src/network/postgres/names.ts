import { ProtocolError } from './frames.ts';

const LIMIT = 100_000;

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

  /** The client asks for a definition. Throws a ProtocolError when there are too many (100,000). */
  define(name: string, value: T): Definition<T> {
    const definition = { value, void: false, previous: this.find(name) };
    this.#definitions.set(name, definition);
    if (this.#definitions.size > LIMIT) throw new ProtocolError('too many names are in use');
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
    if (this.find(name) === closed) this.#definitions.delete(name);
  }

  clear(): void {
    this.#definitions.clear();
  }
}

function valid<T>(definition: Definition<T> | undefined): Definition<T> | undefined {
  let candidate = definition;
  while (candidate?.void) candidate = candidate.previous;
  return candidate;
}
