import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it, test } from 'vitest';
import schema from '../../../schemas/report.schema.json' with { type: 'json' };
import type { Report } from '../../../src/core/report.ts';
import { json } from '../../../src/reporters/json.ts';
import { createViewReporter } from '../../../src/reporters/view.ts';
import { complete } from './samples/complete.ts';
import * as samples from './samples/reports.ts';

const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
formats.default(ajv);
const validate = ajv.compile(schema);

const reports = Object.entries({ ...samples, complete }).filter(
  (entry): entry is [string, Report] => typeof entry[1] === 'object',
);

describe('report.schema.json', () => {
  test.each(reports)('%s conforms', (_, report) => {
    expect(validate(structuredClone(report)) ? [] : validate.errors).toEqual([]);
  });

  it('describes every property of a report, and none that is not there', () => {
    const described = pathsOfSchema(schema, '');
    const used = new Set(reports.flatMap(([, report]) => [...pathsOfValue(report, '')]));
    expect([...described].filter((path) => !used.has(path))).toEqual([]);
    expect([...used].filter((path) => !described.has(path))).toEqual([]);
  });

  it('requires what the type requires', () => {
    for (const path of ['/score', '/fingerprint/seed', '/log/dropped', '/checks/0/needs']) {
      const broken = structuredClone(complete);
      remove(broken, path);
      expect(validate(broken), path).toBe(false);
    }
    for (const path of [
      '/checks/0/startedAt',
      '/checks/0/failure/hint',
      '/checks/2/error/detail',
    ]) {
      const shorter = structuredClone(complete);
      remove(shorter, path);
      expect(validate(shorter), path).toBe(true);
    }
  });

  it('holds verdicts to what goes with them', () => {
    const broken = structuredClone(complete);
    remove(broken, '/checks/0/failure');
    expect(validate(broken)).toBe(false);
  });

  it('says of every property what it is', () => {
    expect([...undescribed(schema, '')]).toEqual([]);
  });
});

describe('the JSON reporter', () => {
  it('writes the report, and nothing where there is none', async () => {
    const written: string[] = [];
    const write = (text: string) => void written.push(text);
    const reporter = createViewReporter({ name: 'json', render: json, write });
    await reporter.finish?.();
    expect(written).toEqual([]);
    reporter.onEvent({ type: 'run:finished', report: samples.hostile });
    await reporter.finish?.();
    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^\{\n {2}"format": "labs\/report\/v1",[\s\S]*\}\n$/);
    expect(JSON.parse(written[0]!)).toEqual(samples.hostile);
  });
});

type Node = Record<string, any>;

function resolve(node: Node): Node {
  const reference = node['$ref'] ?? node['allOf']?.[0]?.['$ref'];
  return reference === undefined
    ? node
    : resolve((schema.definitions as Node)[reference.split('/').at(-1)]);
}

/** Paths such as `/checks/-/id`, `-` for an item of a list; alternatives are merged. */
function pathsOfSchema(unresolved: Node, path: string): Set<string> {
  const node = resolve(unresolved);
  const paths = new Set<string>();
  const visit = (child: Node, at: string) => {
    for (const deeper of pathsOfSchema(child, at)) paths.add(deeper);
  };
  for (const [name, child] of Object.entries<Node>(node['properties'] ?? {})) {
    paths.add(`${path}/${name}`);
    visit(child, `${path}/${name}`);
  }
  for (const child of node['oneOf'] ?? []) visit(child, path);
  if (node['items'] !== undefined && !Array.isArray(node['items']))
    visit(node['items'], `${path}/-`);
  return paths;
}

function pathsOfValue(value: unknown, path: string): Set<string> {
  if (Array.isArray(value))
    return new Set(value.flatMap((item) => [...pathsOfValue(item, `${path}/-`)]));
  // Its keys are the kinds of services, not properties.
  if (value === null || typeof value !== 'object' || path === '/fingerprint/services')
    return new Set();
  return new Set(
    Object.entries(value).flatMap(([name, child]) => [
      `${path}/${name}`,
      ...pathsOfValue(child, `${path}/${name}`),
    ]),
  );
}

function* undescribed(node: unknown, path: string): Generator<string> {
  if (node === null || typeof node !== 'object') return;
  for (const [name, child] of Object.entries((node as Node)['properties'] ?? {}))
    if (!path.includes('/if/') && !path.endsWith('/if') && !('$ref' in (child as Node)))
      if (!(child as Node)['description']) yield `${path}/${name}`;
  for (const [name, child] of Object.entries(node)) yield* undescribed(child, `${path}/${name}`);
}

function remove(value: unknown, path: string): void {
  const names = path.split('/').slice(1);
  const last = names.pop()!;
  const owner = names.reduce((inner, name) => (inner as Node)[name], value) as Node;
  delete owner[last];
}
