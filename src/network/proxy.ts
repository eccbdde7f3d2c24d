import type { Socket } from 'node:net';
import { Door } from './door.ts';
import { createFaults, type Faults, NO_DELAY } from './faults.ts';
import type { Conditions } from './flow.ts';
import { Link } from './link.ts';
import type { TapFactory } from './tap.ts';
import { dial, type Upstream } from './upstream.ts';

export interface ProxyOptions {
  /** What the proxy is called in messages: 'postgres', 'redis'. */
  readonly name: string;
  readonly upstream: Upstream;
  readonly tap: TapFactory;
  /** The address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
}

/** A listener elsewhere that leads to the proxy. */
export interface OuterDoor {
  shut(): void;
  open(): Promise<void>;
}

/** A TCP proxy that is listening. */
export interface RunningProxy extends AsyncDisposable {
  readonly name: string;
  readonly host: string;
  /** Stays the same through all faults. */
  readonly port: number;
  /** How many connections clients have open at the moment. */
  readonly connections: number;
  readonly faults: Faults;
  /** From here on `outer`, by which clients come to the proxy, shuts and opens with it. */
  behind(outer: OuterDoor): void;
  /** Ends everything at once, with RST for clients; resolves when no socket is left. */
  close(): Promise<void>;
}

/**
 * Listens on a port of its own choosing and connects each client to the server,
 * past a tap, under the faults of the moment. Where the server cannot be reached,
 * clients are reset.
 *
 * Rejects with the error of `listen`.
 */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const { name, upstream, tap, host = '127.0.0.1' } = options;
  const conditions: Conditions = { delayMs: NO_DELAY, blackhole: false };
  const links = new Set<Link>();
  let outer: OuterDoor | undefined;
  let accepted = 0;
  let closed = false;
  let allClosed = () => {};

  function admit(client: Socket): void {
    const link = new Link(client, tap.open(++accepted), conditions, () => {
      links.delete(link);
      if (links.size === 0) allClosed();
    });
    links.add(link);
    // Behind a blackhole there is no server to connect to.
    if (!conditions.blackhole)
      void link.connect((signal) => dial(upstream, tap.requestTls, signal));
  }

  function resetAll(): void {
    for (const link of links) link.reset();
  }

  async function reopen(): Promise<void> {
    if (closed) throw new Error(`the ${name} proxy is closed`);
    try {
      await door.open();
      await outer?.open();
    } catch (cause) {
      const problem = `the ${name} proxy cannot listen on ${host}:${door.port} again`;
      throw new Error(`${problem}: ${(cause as Error).message}`, { cause });
    }
  }

  const door = new Door(host, admit);
  await door.openAnywhere();

  async function close(): Promise<void> {
    closed = true;
    door.close();
    resetAll();
    if (links.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = allClosed;
    allClosed = () => {
      before();
      resolve();
    };
    await promise;
  }

  return {
    name,
    host,
    port: door.port,
    get connections() {
      return [...links].filter((link) => link.isOpen).length;
    },
    behind: (door) => {
      outer = door;
    },
    faults: createFaults({
      conditions,
      conditionsChanged: () => {
        for (const link of links) link.conditionsChanged();
      },
      resetAll,
      refuse: () => {
        outer?.shut();
        door.shut();
      },
      accept: reopen,
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
