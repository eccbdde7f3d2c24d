import { connect } from 'node:net';
import { errorCode, messageOf } from '../core/errors.ts';

const PATIENCE_MS = 5_000;

/** Why no TCP connection can be made to where a URL leads, in words; undefined if one can. */
export async function whyUnreachable({ hostname, port }: URL): Promise<string | undefined> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const socket = connect({ host, port: Number(port) || 80 });
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(undefined));
      socket.once('error', (error) => resolve(inWords(host, error)));
      socket.setTimeout(PATIENCE_MS, () => resolve(`no connection within ${PATIENCE_MS / 1000} s`));
    });
  } finally {
    socket.destroy();
  }
}

function inWords(host: string, error: Error): string {
  switch (errorCode(error)) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `there is no host ${host}`;
    default:
      return messageOf(error) || errorCode(error) || 'no connection';
  }
}
