import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type IntoStage, withCheck } from '../../catalog/checks/insert.ts';
import { displayPath } from '../../catalog/display-path.ts';
import { errorCode } from '../../core/errors.ts';
import type { Plan } from './plan.ts';
import type { Names, Scaffold } from './scaffold.ts';
import { withStage } from './stages.ts';

export interface NewCheck {
  lab: string;
  id: string;
  title: string;
  /** Where the app says that it serves, which every solution has. */
  readiness: string;
  /** A check that fails where an app does not even do that. */
  first: string;
  kind: 'yaml' | 'typescript';
  stage: IntoStage;
}

/**
 * A check that every app passes, for the author to fill in: in checks.yaml, or as a stage in a file of its own
 * that index.ts takes up.
 *
 * @throws {LabsError} usage: checks.yaml cannot be added to
 */
export async function planCheck(
  check: NewCheck,
  root: string,
  scaffold: Scaffold,
  cwd: string,
): Promise<Plan> {
  return check.kind === 'yaml'
    ? planYaml(check, root, scaffold, cwd)
    : planTypeScript(check, root, scaffold);
}

async function planYaml(
  check: NewCheck,
  root: string,
  scaffold: Scaffold,
  cwd: string,
): Promise<Plan> {
  const { lab, id, stage } = check;
  const file = `graders/${lab}/checks.yaml`;
  const names = namesIn(check);
  const there = await textOf(path.join(root, file));
  const text = there ?? (await scaffold.file('check/checks.yaml', names));
  const item = await scaffold.file('check/check.yaml', names);
  const shownAs = displayPath(path.join(root, file), cwd);
  const added = new Map([[file, withCheck({ shownAs, text }, stage, item)]]);
  const none: Plan['files'] = new Map();
  return {
    files: there === undefined ? added : none,
    changed: there === undefined ? none : added,
    todo: [`${file}: the steps and the hint of ${id}`],
  };
}

async function planTypeScript(check: NewCheck, root: string, scaffold: Scaffold): Promise<Plan> {
  const { lab, id, stage } = check;
  const file = `graders/${lab}/${id}.ts`;
  const index = `graders/${lab}/index.ts`;
  const names = namesIn(check);
  const text = await scaffold.file(`check/${stage.withheld ? 'hidden' : stage.world}.ts`, names);
  const there = await textOf(path.join(root, index));
  const grader = withStage(there ?? (await scaffold.file('check/index.ts', names)), id);
  const todo = [`${file}: what ${id} does, and its hint`];
  if (grader === undefined)
    return {
      files: new Map([[file, text]]),
      changed: new Map(),
      todo: [...todo, `${index}: import ./${id}.ts, and put it into the stages`],
    };
  return {
    files: new Map([[file, text], ...(there === undefined ? [[index, grader] as const] : [])]),
    changed: new Map(there === undefined ? [] : [[index, grader]]),
    todo,
  };
}

function namesIn({ lab, id, title, readiness, first }: NewCheck): Names {
  return {
    'my-lab': lab,
    'my-check': id,
    'My check': title,
    'first-check': first,
    '/healthz': readiness,
  };
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}
