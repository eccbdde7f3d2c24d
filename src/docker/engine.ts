import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { errorCode, messageOf } from '../core/errors.ts';
import { type Endpoint, findEndpoints } from './endpoints.ts';

export interface AnsweringEngine {
  answers: true;
  /** `20.10.24` */
  version: string;
  /** Newest version of the API that it speaks: `1.41`. */
  apiVersion: string;
  endpoint: Endpoint;
}

/** `reason` continues “no Docker engine answers: …”. */
export type Engine = AnsweringEngine | { answers: false; reason: string };

/** Where an engine is merely looked for: whoever asks is waiting. */
const LOOKED_FOR_MS = 1_000;
/** Where the user asked for Docker: an engine that is slow for a moment is not taken for none. */
export const ASKED_FOR_MS = 15_000;

/**
 * Looks for an engine where the docker command would, and where Colima, OrbStack, Rancher and Podman
 * put theirs. Loads no Docker library.
 * @param patienceMs how long to wait for one that listens and does not answer
 */
export async function findEngine(
  env: Readonly<Record<string, string | undefined>>,
  patienceMs = LOOKED_FOR_MS,
): Promise<Engine> {
  let endpoints: Endpoint[];
  try {
    endpoints = await findEndpoints(env);
  } catch (error) {
    return { answers: false, reason: messageOf(error) };
  }
  if (endpoints.length === 0) return { answers: false, reason: 'there is no socket of one' };
  const found = new AbortController();
  const pings = endpoints.map((endpoint) => ping(endpoint, patienceMs, found.signal));
  try {
    for (const each of pings) {
      const engine = await each;
      if (engine.answers) return engine;
    }
    return await pings[0]!;
  } finally {
    found.abort();
  }
}

/** The endpoint for people: a socket's path, or a URL. */
export function describeEndpoint({ url }: Endpoint): string {
  return url.replace(/^unix:\/\//, '');
}

async function ping(endpoint: Endpoint, patienceMs: number, found: AbortSignal): Promise<Engine> {
  const late = AbortSignal.timeout(patienceMs);
  try {
    const { Version, ApiVersion } = await version(endpoint, AbortSignal.any([late, found]));
    return { answers: true, version: Version, apiVersion: ApiVersion, endpoint };
  } catch (error) {
    const why = late.aborted ? `silent for ${patienceMs / 1000} s` : reasonOf(error);
    const where = describeEndpoint(endpoint);
    const named = endpoint.namedBy === undefined ? where : `${endpoint.namedBy} says ${where}`;
    return { answers: false, reason: `${named}: ${why}` };
  }
}

interface VersionAnswer {
  Version: string;
  ApiVersion: string;
}

async function version(endpoint: Endpoint, signal: AbortSignal): Promise<VersionAnswer> {
  const request = await open(endpoint, signal);
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  request.on('response', resolve).on('error', reject).end();
  const response = await promise;
  if (response.statusCode !== 200) {
    response.resume();
    throw new Error(`it answers with status ${response.statusCode}`);
  }
  const answer = (await json(response)) as Partial<VersionAnswer> | null;
  if (typeof answer?.Version !== 'string' || typeof answer.ApiVersion !== 'string')
    throw new Error('what answers is no Docker engine');
  return { Version: answer.Version, ApiVersion: answer.ApiVersion };
}

async function open(endpoint: Endpoint, signal: AbortSignal): Promise<http.ClientRequest> {
  const common = { path: '/version', agent: false, signal } as const;
  const url = URL.parse(endpoint.url);
  if (url?.protocol === 'unix:' && url.hostname === '')
    return http.request({ ...common, socketPath: url.pathname });
  if (url === null || !['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '')
    throw new Error('labs speaks to engines over unix:// and tcp:// only');
  const target = {
    ...common,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || '2375',
  };
  if (endpoint.certificates === undefined) return http.request(target);
  const [ca, cert, key] = await Promise.all(
    ['ca', 'cert', 'key'].map((name) => readFile(path.join(endpoint.certificates!, `${name}.pem`))),
  );
  return https.request({ ...target, port: url.port || '2376', ca, cert, key });
}

function reasonOf(error: unknown): string {
  switch (errorCode(error)) {
    case 'ENOENT':
      // Of a certificate, the file; of a socket, nothing.
      return `${(error as NodeJS.ErrnoException).path ?? 'it'} is not there`;
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'EACCES':
      return 'this user may not connect to it';
    default:
      return messageOf(error) || 'no connection';
  }
}
