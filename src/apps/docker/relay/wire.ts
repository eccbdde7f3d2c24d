import type { SessionOptions } from 'node:http2';

/** What the two ends of a relay call things. Both run this file; it imports nothing of ours. */
export const Path = {
  /** Answers 200 once it listens on the port; then a line for each connection that it accepts. */
  listen: (port: number) => `/listen/${port}`,
  /** The ports that are listened on in the namespace, as JSON. */
  listeners: '/listeners',
} as const;

/**
 * What we send first. Podman passes the body of the request that attaches on as input; all that
 * comes before this line is that.
 */
export const START = '\nrelay starts\n';

/** Authorities of CONNECT. */
export const Authority = {
  port: (port: number) => `port:${port}`,
  accepted: (id: string) => `accepted:${id}`,
} as const;

/** Header that names the system error for which a connection was not made. */
export const ERROR_HEADER = 'relay-error';

const WINDOW_BYTES = 1 << 20;
const MANY = 1 << 20;

/** Limits that guard a server against strangers; here both ends are ours. */
export const SESSION: SessionOptions = {
  settings: { initialWindowSize: WINDOW_BYTES, maxConcurrentStreams: MANY },
  peerMaxConcurrentStreams: MANY,
  maxSessionMemory: 256,
  // A grade that cuts many connections must not be taken for an attack.
  ...({ streamResetBurst: 1e9, streamResetRate: 1e9 } as object),
};
/** For all streams of a session together. */
export const SESSION_WINDOW_BYTES = 1 << 24;

/** A listener in the namespace, as proc_net_tcp(5) shows it. */
export interface ListenerRow {
  /** IPv4 in dotted form; IPv6 only as far as it matters: `::`, `::1`, or `other`. */
  host: string;
  port: number;
}
