import type Docker from 'dockerode';
import { environmentError, errorCode, type LabsError } from '../../core/errors.ts';
import type { Route } from '../port.ts';
import type { RegistryAccess } from './image/plan.ts';
import { openGate } from './registry/gate.ts';
import { type Entrance, openEntrance, openRoute } from './relay/doors.ts';
import { startRelay } from './relay/start.ts';
import type { ListenerRow } from './relay/wire.ts';

/**
 * The network of one run's sandbox: loopback and nothing else. What the app may reach is listened
 * for in it, and brought to us through the relay; what it serves is reached the same way.
 */
export interface SandboxNetwork {
  /** As containers name it. */
  readonly name: string;
  /** A port that nothing in it has been given. */
  newPort(): number;
  /** What listens in it, but for the relay. */
  listeners(): Promise<ListenerRow[]>;
  /** Opens a port on this machine that leads to one in it. */
  enter(port: number, at?: number): Promise<Entrance>;
  reach(server: { host: string; port: number }): Promise<Route>;
  openRegistry(hosts: readonly string[], env: Environment): Promise<RegistryAccess>;
  /** Why it is gone; undefined while it is there. */
  readonly lost: LabsError | undefined;
  /** Aborted when it is gone. */
  readonly gone: AbortSignal;
  close(): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

const FIRST_PORT = 10_000;
const PORTS = 20_000;
const ATTEMPTS = 20;

/** The caller removes the container that `plan` names. */
export async function openNetwork(
  plan: { docker: Docker; name: string; labels: Readonly<Record<string, string>> },
  context: { signal: AbortSignal; progress(text: string): void },
): Promise<SandboxNetwork> {
  const { session, network } = await startRelay(plan, context);
  const entrances = new Set<Entrance>();
  const ours = new Set<number>();
  const newPort = portsWithoutOrder();
  const lost = () =>
    session.lost &&
    environmentError(`The sandbox lost its network: ${session.lost.message}.`, {
      hint: 'Grade again; “labs doctor” shows whether the Docker engine answers.',
      cause: session.lost,
    });
  const orLost = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw lost() ?? error;
    });
  const route = async (server: { host: string; port: number }) => {
    for (let left = ATTEMPTS; ; left -= 1) {
      const port = newPort();
      try {
        const opened = await openRoute(session, port, server);
        ours.add(port);
        return { ...opened, open: () => orLost(opened.open()) };
      } catch (error) {
        // What a stranger's program took is no reason not to serve it.
        if (errorCode(error) !== 'EADDRINUSE' || left === 0) throw error;
      }
    }
  };
  const reach = (server: { host: string; port: number }) => orLost(route(server));
  return {
    name: network,
    newPort,
    listeners: async () =>
      (await orLost(session.listeners())).filter(({ port }) => !ours.has(port)),
    enter: async (port, at) => {
      const entrance = await openEntrance(session, port, at);
      entrances.add(entrance);
      return entrance;
    },
    reach,
    openRegistry: async (hosts, env) => {
      const gate = await openGate(hosts, env);
      const way = await reach(gate);
      return {
        network,
        proxy: `http://${way.host}:${way.port}`,
        refused: gate.refused,
        lost: gate.lost,
        close: async () => {
          way.shut();
          await gate.close();
        },
      };
    },
    gone: session.gone,
    get lost() {
      return lost();
    },
    close: () => {
      for (const entrance of entrances) entrance.shut();
      session.close();
    },
  };
}

/**
 * Another one each time: an app that does not read PORT should not be lucky, and one that knows a
 * port should not know the next.
 */
function portsWithoutOrder(): () => number {
  const given = new Set<number>();
  return () => {
    if (given.size === PORTS) given.clear();
    let port: number;
    do port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    while (given.has(port));
    given.add(port);
    return port;
  };
}
