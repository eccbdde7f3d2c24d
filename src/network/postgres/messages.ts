import { type Keep, UNTYPED } from './frames.ts';

/**
 * The messages that matter, and their small contents. PostgreSQL documentation,
 * "Frontend/Backend Protocol", section "Message Formats".
 */

/** Bytes of SQL that are kept of a statement. */
export const SQL_LIMIT = 64 * 1024;

const NAME_LIMIT = 1024;
// The server's own limit. What starts with a longer message is TLS, or not Postgres.
const STARTUP_LIMIT = 10_000;
/** Of the protocol version, or of what is asked for in its place. */
const CODE_BYTES = 4;

function codes<const Names extends Record<string, string>>(names: Names) {
  const entries = Object.entries(names).map(([name, letter]) => [name, letter.charCodeAt(0)]);
  return Object.fromEntries(entries) as { readonly [Name in keyof Names]: number };
}

/** Messages of a client. */
export const Client = codes({
  bind: 'B',
  close: 'C',
  copyData: 'd',
  copyDone: 'c',
  copyFail: 'f',
  describe: 'D',
  execute: 'E',
  flush: 'H',
  functionCall: 'F',
  parse: 'P',
  password: 'p',
  query: 'Q',
  sync: 'S',
  terminate: 'X',
});

/** Messages of a server. */
export const Server = codes({
  authentication: 'R',
  backendKeyData: 'K',
  bindComplete: '2',
  closeComplete: '3',
  commandComplete: 'C',
  copyBothResponse: 'W',
  copyData: 'd',
  copyDone: 'c',
  copyInResponse: 'G',
  copyOutResponse: 'H',
  dataRow: 'D',
  emptyQueryResponse: 'I',
  errorResponse: 'E',
  functionCallResponse: 'V',
  negotiateProtocolVersion: 'v',
  noData: 'n',
  noticeResponse: 'N',
  notificationResponse: 'A',
  parameterDescription: 't',
  parameterStatus: 'S',
  parseComplete: '1',
  portalSuspended: 's',
  readyForQuery: 'Z',
  rowDescription: 'T',
});

const clientKeeps = keeping(Client, {
  bind: 2 * NAME_LIMIT,
  close: NAME_LIMIT,
  describe: NAME_LIMIT,
  execute: NAME_LIMIT,
  functionCall: 4,
  parse: NAME_LIMIT + SQL_LIMIT + 1,
  query: SQL_LIMIT + 1,
});

const serverKeeps = keeping(Server, {
  commandComplete: 256,
  errorResponse: 16 * 1024,
  parameterStatus: 256,
  readyForQuery: 1,
});

/** What to keep of a client's message. */
export const keepOfClient: Keep = (type, length) =>
  type === UNTYPED
    ? length >= CODE_BYTES && length <= STARTUP_LIMIT
      ? CODE_BYTES
      : undefined
    : clientKeeps.get(type);

/** What to keep of a server's message. */
export const keepOfServer: Keep = (type) => serverKeeps.get(type);

function keeping<Name extends string>(
  types: Readonly<Record<Name, number>>,
  bytes: Partial<Record<Name, number>>,
): Map<number, number> {
  const names = Object.keys(types) as Name[];
  return new Map(names.map((name) => [types[name], bytes[name] ?? 0]));
}
