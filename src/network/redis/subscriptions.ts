type Topic = 'channels' | 'patterns' | 'shards';

const KINDS: Readonly<Record<string, Topic>> = {
  subscribe: 'channels',
  psubscribe: 'patterns',
  ssubscribe: 'shards',
  unsubscribe: 'channels',
  punsubscribe: 'patterns',
  sunsubscribe: 'shards',
};

/** Whether it is SUBSCRIBE or its like, which are answered by a confirmation for each of their arguments. */
export function isSubscription(name: string): boolean {
  return Object.hasOwn(KINDS, name.toLowerCase());
}

/** Whether it is how a server's confirmation begins. */
export function isConfirmation(kind: string): boolean {
  return Object.hasOwn(KINDS, kind);
}

/** What a connection is subscribed to, as its server's confirmations tell. */
export class Subscriptions {
  #counts: Record<Topic, number> = { channels: 0, patterns: 0, shards: 0 };

  get isEmpty(): boolean {
    return this.#counts.channels + this.#counts.patterns + this.#counts.shards === 0;
  }

  /**
   * @param kind 'subscribe', 'punsubscribe' …
   * @param total What is left, as the server counts: channels and patterns together, shard channels apart.
   * @returns How many of its kind are left.
   */
  confirmed(kind: string, total: number): number {
    const topic = KINDS[kind] as Topic;
    const { channels, patterns, shards } = this.#counts;
    const before = topic === 'shards' ? shards : channels + patterns;
    this.#counts[topic] = Math.max(0, this.#counts[topic] + total - before);
    return this.#counts[topic];
  }

  clear(): void {
    this.#counts = { channels: 0, patterns: 0, shards: 0 };
  }
}
