import {
  CheckFailure,
  expect,
  type Http,
  type Random,
  type RequestOptions,
  type Response,
} from 'backend-labs/kit';
import { type Decoded, decode } from './tokens.ts';
import { inTurn } from './turns.ts';

/**
 * Milliseconds for an answer that takes a hash. Many are made at once, on machines that have other work: how
 * long one takes is not judged here.
 */
export const HASH_PATIENCE_MS = 20_000;

/** More than an app may wait for Postgres before it gives up. */
const REFRESH_PATIENCE_MS = 10_000;

export interface Account {
  email: string;
  password: string;
  name: string;
}

export interface User {
  id: string;
  email: string;
  name: string;
  role: string;
  createdAt: string;
}

export interface Pair {
  access_token: string;
  token_type: string;
  expires_in: number;
  refresh_token: string;
}

/** What a log-in or a refresh gave. */
export interface Tokens extends Decoded {
  access: string;
  refresh: string;
  answer: Response<Pair>;
}

export interface Session extends Tokens {
  account: Account;
  user: User;
}

function postInTurn<Body>(
  http: Http,
  path: string,
  json: unknown,
  options: RequestOptions,
): Promise<Response<Body>> {
  return inTurn(() => http.post<Body>(path, { json, timeoutMs: HASH_PATIENCE_MS, ...options }));
}

export function newAccount(random: Random, given: Partial<Account> = {}): Account {
  return {
    email: `${random.word(10)}.${random.word(6)}@${random.word(8)}.example`,
    password: `${random.word(9)}-${random.word(9)}`,
    name: random.title(),
    ...given,
  };
}

/** @param json an account, or what is none */
export const tryRegister = <Body = any>(
  http: Http,
  json: unknown,
  options: RequestOptions = {},
): Promise<Response<Body>> => postInTurn<Body>(http, '/auth/register', json, options);

export async function register(
  http: Http,
  account: Account,
  options: RequestOptions = {},
): Promise<Response<User>> {
  const registered = await tryRegister<User>(http, account, options);
  expect(registered).toHaveStatus(201);
  return registered;
}

export const tryLogIn = (
  http: Http,
  { email, password }: Pick<Account, 'email' | 'password'>,
  options: RequestOptions = {},
): Promise<Response<Pair>> => postInTurn<Pair>(http, '/auth/login', { email, password }, options);

export async function logIn(
  http: Http,
  account: Pick<Account, 'email' | 'password'>,
  options: RequestOptions = {},
): Promise<Tokens> {
  return tokensOf(await tryLogIn(http, account, options));
}

/** A new account with one session. */
export async function signUp(
  http: Http,
  random: Random,
  given: Partial<Account> = {},
): Promise<Session> {
  const account = newAccount(random, given);
  const { json: user } = await register(http, account);
  return { account, user, ...(await logIn(http, account)) };
}

export const tryRefresh = (
  http: Http,
  token: string,
  options: RequestOptions = {},
): Promise<Response<Pair>> =>
  http.post<Pair>('/auth/refresh', {
    json: { refresh_token: token },
    timeoutMs: REFRESH_PATIENCE_MS,
    ...options,
  });

export async function refresh(
  http: Http,
  token: string,
  options: RequestOptions = {},
): Promise<Tokens> {
  return tokensOf(await tryRefresh(http, token, options));
}

/** @throws {CheckFailure} it is no 200, or its access token is no JWT */
function tokensOf(answer: Response<Pair>): Tokens {
  expect(answer).toHaveStatus(200);
  const { access_token: access, refresh_token: refreshToken } = answer.json;
  if (typeof access !== 'string' || typeof refreshToken !== 'string')
    throw answer.failure('"access_token" and "refresh_token", both strings', 'something else');
  const decoded = decode(access);
  if (decoded === undefined)
    throw new CheckFailure({
      ...answer.failure(
        'an access token that is a JWT: header, claims and signature, in base64url, with dots between',
        access === '' ? 'an empty string' : access.slice(0, 200),
      ).failure,
      hint: 'Sign with a JWT library; what it gives goes into "access_token" as it is.',
    });
  return { access, refresh: refreshToken, answer, ...decoded };
}
