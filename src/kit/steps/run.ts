import type { ChecksFile, Step } from '../../core/checks-file.ts';
import type { SharedContext } from '../context.ts';
import type { RequestOptions } from '../http/client.ts';
import type { Response } from '../http/response.ts';
import { eventually } from '../time.ts';
import { expectAnswer, type SchemaViolations } from './expectations.ts';
import { resolvePointer } from './pointer.ts';
import { cell, runQuery } from './query.ts';
import { createScope, type Scope } from './scope.ts';

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** What the steps of one try of a check have in common. */
export interface Play {
  context: SharedContext;
  file: Pick<ChecksFile, 'values' | 'users'>;
  violationsOf: SchemaViolations;
  /** Headers of users who are known already, by name. */
  users: Map<string, Record<string, string>>;
}

/** @throws {CheckFailure} a step does not go as expected */
export async function runSteps(steps: readonly Step[], scope: Scope, play: Play): Promise<void> {
  for (const step of steps) {
    const { signal } = play.context;
    const attempt = () => runStep(step, scope, play);
    await (step.eventually === undefined
      ? attempt()
      : eventually(attempt, { withinMs: step.eventually * 1000, signal }));
  }
}

async function runStep(step: Step, scope: Scope, play: Play): Promise<void> {
  if (step.sql !== undefined) {
    const rows = await runQuery(step.sql, step, scope, play.context.sql);
    for (const [name, source] of Object.entries(step.capture ?? {}))
      scope.capture(name, source === 'body' ? rows : cell(step.sql, rows, source));
    return;
  }
  const answer = await request(step, scope, play);
  expectAnswer(answer, step.expect ?? {}, scope, play.violationsOf);
  for (const [name, source] of Object.entries(step.capture ?? {}))
    scope.capture(name, captured(answer, source));
}

async function request(step: Step, scope: Scope, play: Play): Promise<Response> {
  const { as, instance, note, query, headers, json, body } = step;
  const method = METHODS.find((name) => step[name] !== undefined)!;
  const path = scope.text(step[method]!);
  const known = as === undefined ? {} : await headersOf(as, play);
  const said = [...(note === undefined ? [] : [note]), ...(as === undefined ? [] : [`as ${as}`])];
  const options: RequestOptions = {
    headers: { ...known, ...lowerCase(headers, scope) },
    ...(query !== undefined && { query: scope.fill(query) as Record<string, string> }),
    ...(json !== undefined && { json: scope.fill(json) }),
    ...(body !== undefined && { body: scope.text(body) }),
    ...(said.length > 0 && { note: said.join(', ') }),
  };
  const { http } = play.context;
  return (instance === undefined ? http : http.to(instance)).request(method, path, options);
}

/** Makes a user known the first time that they are wanted. */
async function headersOf(name: string, play: Play): Promise<Record<string, string>> {
  const known = play.users.get(name);
  if (known !== undefined) return known;
  const user = play.file.users![name]!;
  const scope = createScope({ ...play.file.values, ...user.values }, play.context.random);
  await runSteps(user.steps ?? [], scope, play);
  const headers = lowerCase(user.headers, scope);
  play.users.set(name, headers);
  return headers;
}

/** A step's own header takes the place of a user's, however it is spelt. */
function lowerCase(headers: Step['headers'], scope: Scope): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), scope.text(value)]),
  );
}

function captured(answer: Response, source: string): unknown {
  if (source === 'body') return answer.json;
  if (source.startsWith('header ')) return answer.requiredHeader(source.slice('header '.length));
  const value = resolvePointer(answer.json, source);
  if (value === undefined) throw answer.failure(`${source} in the body`, 'no such member');
  return value;
}
