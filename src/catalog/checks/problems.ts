import type { Check, ChecksFile, Step, Values } from '../../core/checks-file.ts';
import { isDrawn } from '../../kit/steps/scope.ts';
import type { ManifestFile } from '../manifest-file.ts';
import { didYouMean } from '../nearest.ts';
import { quote } from '../quote.ts';
import type { Path } from '../yaml/document.ts';
import type { Problem } from '../yaml/problem.ts';
import type { BodySchemas } from './body-schemas.ts';
import { cycleIn, drawnIn, referencesIn } from './names.ts';

/** What a schema cannot say of a file of checks, each at its place. */
export function problemsIn(
  file: ManifestFile<ChecksFile>,
  lab: string,
  schemas: BodySchemas,
): Problem[] {
  return new Finder(file, schemas).find(lab);
}

const REQUESTS_ALONE = ['as', 'instance', 'query', 'headers', 'json', 'body', 'expect'] as const;

const ANY_OR_NO_MEMBERS =
  'Name its members, or write `schema: { type: object }` for any object, ' +
  '`schema: { const: {} }` for one without members.';

class Finder {
  readonly #file: ManifestFile<ChecksFile>;
  readonly #schemas: BodySchemas;
  readonly #problems: Problem[] = [];

  constructor(file: ManifestFile<ChecksFile>, schemas: BodySchemas) {
    this.#file = file;
    this.#schemas = schemas;
  }

  find(lab: string): Problem[] {
    const { lab: named, values = {}, users = {}, stages } = this.#file.value;
    if (named !== lab)
      this.#at(['lab'], `it is the grader of "${named}", and its folder is that of "${lab}"`);
    this.#values(values, ['values'], {});
    for (const [name, user] of Object.entries(users)) {
      const known = this.#values(user.values ?? {}, ['users', name, 'values'], values);
      const all = this.#steps(user.steps ?? [], ['users', name, 'steps'], known, []);
      this.#references(user.headers, ['users', name, 'headers'], all);
    }
    for (const [i, stage] of stages.entries()) {
      for (const key of ['instances', 'details'] as const)
        if (stage[key] !== undefined && stage.world === 'shared')
          this.#at(['stages', i, key], `\`${key}\` takes a world of its own`, 'Add "world: own".');
      for (const [j, check] of stage.checks.entries())
        this.#check(check, ['stages', i, 'checks', j], values, Object.keys(users));
    }
    return this.#problems;
  }

  #check({ values = {}, steps }: Check, path: Path, common: Values, users: string[]) {
    const known = this.#values(values, [...path, 'values'], common);
    this.#steps(steps, [...path, 'steps'], known, users);
  }

  /** @returns the names that are known from here on */
  #values(values: Values, path: Path, common: Values): string[] {
    const all = { ...common, ...values };
    const known = Object.keys(all);
    for (const [name, value] of Object.entries(values)) {
      if (!isDrawn(value)) {
        this.#references(value, [...path, name], known);
        for (const inside of drawnIn(value, [...path, name]))
          this.#at([...inside, 'random'], '`random` makes a value of its own', 'Give it a name.');
      } else if (typeof value.random === 'object' && 'integer' in value.random) {
        const [min, max] = value.random.integer;
        if (min > max)
          this.#at([...path, name, 'random', 'integer', 0], `${min} is more than ${max}`);
      }
    }
    const cycle = cycleIn(all);
    if (cycle !== undefined && cycleIn(common) === undefined)
      this.#at([...path, cycle[0]!], `values stand for each other: ${cycle.join(' → ')}`);
    return known;
  }

  /** @returns the names that are known after them */
  #steps(
    steps: readonly Step[],
    path: Path,
    known: readonly string[],
    users: readonly string[],
  ): string[] {
    const names = [...known];
    for (const [index, step] of steps.entries()) {
      const here = [...path, index];
      this.#step(step, here, names, users);
      for (const name of Object.keys(step.capture ?? {})) {
        if (names.includes(name))
          this.#atKey([...here, 'capture', name], `"${name}" stands for something already`);
        names.push(name);
      }
    }
    return names;
  }

  #step(step: Step, path: Path, names: readonly string[], users: readonly string[]): void {
    const { capture = {}, note: _, expect, ...request } = step;
    const { schema, headers, ...expected } = expect ?? {};
    this.#references(request, path, names);
    this.#references(expected, [...path, 'expect'], names);
    for (const [name, value] of Object.entries(headers ?? {})) {
      const at = [...path, 'expect', 'headers', name];
      if (typeof value === 'object') this.#pattern(value.matches, [...at, 'matches']);
      else this.#references(value, at, names);
    }
    if (isEmptyMapping(expected.json))
      this.#at(
        [...path, 'expect', 'json'],
        '`json: {}` asks nothing of the body',
        ANY_OR_NO_MEMBERS,
      );
    const fault = schema === undefined ? undefined : this.#schemas.fault(schema);
    if (fault !== undefined) this.#at([...path, 'expect', 'schema'], fault);
    if (step.as !== undefined && !users.includes(step.as)) this.#unknownUser(step.as, path, users);
    if (step.json !== undefined && step.body !== undefined)
      this.#atKey([...path, 'body'], '"json" and "body" exclude each other');
    if (step.sql === undefined && step.rows !== undefined)
      this.#atKey([...path, 'rows'], '`rows` are what a query gives, and this is a request');
    if (step.sql === undefined) return;
    for (const key of REQUESTS_ALONE)
      if (step[key] !== undefined)
        this.#atKey([...path, key], `\`${key}\` is for requests, and this is a query`);
    for (const [name, source] of Object.entries(capture))
      if (source.startsWith('header'))
        this.#at([...path, 'capture', name], 'a query has no headers');
  }

  #unknownUser(name: string, path: Path, users: readonly string[]): void {
    const known = users.length === 0 ? '; there are none here' : `; there are ${users.join(', ')}`;
    this.#at([...path, 'as'], `there is no user ${quote(name)}${didYouMean(name, users) || known}`);
  }

  #pattern(pattern: string, path: Path): void {
    try {
      new RegExp(pattern);
    } catch (error) {
      this.#at(path, (error as Error).message);
    }
  }

  #references(data: unknown, path: Path, names: readonly string[]): void {
    for (const { name, path: inside } of referencesIn(data)) {
      if (names.includes(name)) continue;
      const known = names.length === 0 ? '' : `; known are ${names.join(', ')}`;
      this.#at(
        [...path, ...inside],
        `nothing is called $${name} here${didYouMean(name, names) || known}`,
        `For a dollar sign write $$.`,
      );
    }
  }

  #at(path: Path, message: string, hint?: string): void {
    this.#problems.push({ span: this.#file.valueSpan(path), message, hint });
  }

  #atKey(path: Path, message: string): void {
    this.#problems.push({ span: this.#file.keySpan(path), message });
  }
}

function isEmptyMapping(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === 0
  );
}
