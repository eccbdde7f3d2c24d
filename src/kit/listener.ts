import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CheckFailure, NotAvailable } from '../core/failure.ts';
import { ownText } from '../network/own-text.ts';

const CONNECTION = 'a connection';
/** Far more than a check makes a good app send, and 4 MB at most. */
const MOST_CALLS = 1_000;
const MOST_CHARACTERS = 2_000;
/** Lines of evidence. */
const MOST_SHOWN = 6;

/** A web server of the grader's, within the app's reach. */
export interface Listener {
  /** As the app reaches it: `http://127.0.0.1:20017`. */
  readonly origin: string;
  /**
   * What came, in order: `GET /keys.json`; or `a connection`, where no request came on one. Of a long
   * one the beginning.
   * @throws {CheckFailure} more than 1,000 came: they are not all kept
   */
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
    const calls = new Calls();
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
    return {
      origin: `http://${route.host}:${route.port}`,
      get calls() {
        return calls.all;
      },
    };
  };
}

class Calls {
  readonly #kept: string[] = [];
  #count = 0;

  /** All of them; the same array as long as it is. */
  get all(): readonly string[] {
    if (this.#count === this.#kept.length) return this.#kept;
    throw new CheckFailure({
      action: '',
      expected: `the app to call the grader’s server no more than ${MOST_CALLS.toLocaleString('en-US')} times in a check`,
      actual: `${this.#count.toLocaleString('en-US')} calls`,
      evidence: [
        {
          kind: 'text',
          title: 'The first of them',
          text: this.#kept.slice(0, MOST_SHOWN).join('\n'),
        },
      ],
      hint: 'Look for a loop that fetches without a pause, or tries again and again.',
    });
  }

  connected(): void {
    this.#count++;
    if (this.#kept.length < MOST_CALLS) this.#kept.push(CONNECTION);
  }

  requested(request: string): void {
    const isLong = request.length > MOST_CHARACTERS;
    const call = isLong ? `${ownText(request.slice(0, MOST_CHARACTERS), 'utf8')}…` : request;
    // In place of the connection on which it came, if it is that connection's first.
    const connection = this.#kept.indexOf(CONNECTION);
    if (connection !== -1) {
      this.#kept[connection] = call;
      return;
    }
    this.#count++;
    if (this.#kept.length < MOST_CALLS) this.#kept.push(call);
  }
}

function serve(answers: Answers, calls: Calls): Server {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0]!;
    calls.requested(`${request.method} ${request.url}`);
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
  return server.on('connection', () => calls.connected());
}
