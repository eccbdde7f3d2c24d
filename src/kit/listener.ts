import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NotAvailable } from '../core/failure.ts';

/** A web server of the grader's, within the app's reach. */
export interface Listener {
  /** As the app reaches it: `http://127.0.0.1:20017`. */
  readonly origin: string;
  /** What came, in order: `GET /keys.json`; or `a connection`, where no request came on one. */
  readonly calls: readonly string[];
}

/** A body as `application/json`; text where it is a string. */
export type Answers = Readonly<Record<string, unknown>>;

/**
 * Listens until the check ends. A path that is not listed is 404.
 *
 * Throws `NotAvailable` where the server that is graded is not ours.
 */
export type Listen = (answersByPath: Answers) => Promise<Listener>;

/** The app's way to a server of this machine. */
type Reach = (server: {
  host: string;
  port: number;
}) => Promise<{ host: string; port: number; shut(): void }>;

export function createListen(reach: Reach | undefined, signal: AbortSignal): Listen {
  return async (answers) => {
    if (reach === undefined) throw new NotAvailable('needs an app that labs starts itself');
    signal.throwIfAborted();
    const calls: string[] = [];
    const server = serve(answers, calls);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const close = () => {
      server.close();
      server.closeAllConnections();
    };
    signal.addEventListener('abort', close, { once: true });
    const { port } = server.address() as AddressInfo;
    const route = await reach({ host: '127.0.0.1', port });
    signal.addEventListener('abort', () => route.shut(), { once: true });
    if (signal.aborted) close();
    signal.throwIfAborted();
    return { origin: `http://${route.host}:${route.port}`, calls };
  };
}

function serve(answers: Answers, calls: string[]): Server {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0]!;
    const call = `${request.method} ${request.url}`;
    // In place of the connection on which it came, if it is that connection's first.
    const connection = calls.indexOf(CONNECTION);
    if (connection === -1) calls.push(call);
    else calls[connection] = call;
    if (!Object.hasOwn(answers, path)) {
      response.writeHead(404).end();
      return;
    }
    const answer = answers[path];
    const text = typeof answer === 'string';
    response
      .writeHead(200, { 'content-type': text ? 'text/plain' : 'application/json' })
      .end(text ? answer : JSON.stringify(answer));
  });
  // Also a connection that speaks TLS, or says nothing, is a call.
  return server.on('connection', () => void calls.push(CONNECTION));
}

const CONNECTION = 'a connection';
