import { connect } from 'node:net';
import { errorCode } from '../../core/errors.ts';
import { type Endpoint, findEndpoints } from '../../docker/endpoints.ts';
import { describeEndpoint, findEngine } from '../../docker/engine.ts';
import type { EngineState, EngineTrouble } from '../machine.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const CONNECT_MS = 1_000;

/** The engine that grading would use; where none answers, what is in the way. */
export async function lookForEngine(env: Environment): Promise<EngineState> {
  const [engine, trouble] = await Promise.all([findEngine(env), troubleOf(env)]);
  if (!engine.answers) return { ...engine, trouble };
  const { version, apiVersion, endpoint } = engine;
  return { answers: true, version, apiVersion, where: describeEndpoint(endpoint) };
}

async function troubleOf(env: Environment): Promise<EngineTrouble> {
  let first: Endpoint | undefined;
  try {
    [first] = await findEndpoints(env);
  } catch {
    return 'named';
  }
  if (first === undefined) return 'absent';
  const socket = /^unix:\/\/(\/.*)$/.exec(first.url)?.[1];
  if (socket === undefined) return 'named';
  const trouble = await touch(socket);
  const isElsewhere = trouble === 'absent' || trouble === 'refused';
  return isElsewhere && first.namedBy !== undefined ? 'named' : trouble;
}

/** Connects to a socket whose engine does not answer. */
function touch(path: string): Promise<EngineTrouble> {
  const { promise, resolve } = Promise.withResolvers<EngineTrouble>();
  const socket = connect({ path, timeout: CONNECT_MS });
  socket
    .once('connect', () => resolve('silent'))
    .once('timeout', () => resolve('silent'))
    .once('error', (error) => resolve(byCode(errorCode(error))));
  return promise.finally(() => socket.destroy());
}

function byCode(code: string | undefined): EngineTrouble {
  if (code === 'EACCES' || code === 'EPERM') return 'denied';
  return code === 'ENOENT' ? 'absent' : 'refused';
}
