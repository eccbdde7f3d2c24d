import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { coverageOf, watchContract } from '../../../src/authoring/coverage.ts';
import { readContractOutline } from '../../../src/catalog/contract-outline.ts';
import { labResults, result } from '../authoring/results.ts';
import { directoryWith } from './support.ts';

const CONTRACT = `
openapi: 3.1.0
info: { title: Things, version: 1.0.0 }
paths:
  /things:
    get: { responses: { '200': { description: Many. }, 4XX: { description: A problem. } } }
  /things/{id}:
    get: { responses: { '200': { description: One. }, default: { description: A problem. } } }
  /things/all:
    delete: { responses: { '204': { description: They are gone. } } }
`;

const outline = async () =>
  readContractOutline(path.join(await directoryWith({ 'openapi.yaml': CONTRACT }), 'openapi.yaml'));

describe('what a contract documents', () => {
  it('is each operation with each status', async () => {
    const { responses } = await outline();
    expect(responses.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'GET /things 200',
      'GET /things 4XX',
      'GET /things/{id} 200',
      'GET /things/{id} default',
      'DELETE /things/all 204',
    ]);
  });

  it.each([
    ['GET', '/things', 200, '/things 200'],
    ['GET', '/things', 404, '/things 4XX'],
    ['GET', '/things/7', 404, '/things/{id} default'],
    ['DELETE', '/things/all', 204, '/things/all 204'],
    ['GET', '/things', 500, undefined],
    ['PUT', '/things', 200, undefined],
    ['GET', '/healthz', 200, undefined],
  ])('%s %s with %i is %s', async (method, target, status, expected) => {
    const found = (await outline()).find({ method, path: target, status });
    expect(found && `${found.path} ${found.status}`).toBe(expected);
  });

  it('and what was seen of it comes from all solutions together', async () => {
    const contract = await outline();
    const seenBy = (...answers: [string, string, number][]) => {
      const watched = watchContract({ violations: () => [] }, contract);
      for (const [method, target, status] of answers)
        watched.violations({ method, path: target, status, headers: [], body: Buffer.alloc(0) });
      return watched.seen();
    };
    const results = [
      result('solution', 'one', {}, { seen: seenBy(['GET', '/things', 200], ['GET', '/x', 200]) }),
      result('solution', 'two', {}, { seen: seenBy(['GET', '/things/7', 200]) }),
    ];
    const coverage = coverageOf(labResults(results, { documented: contract.responses }));
    expect(coverage?.documented).toBe(5);
    expect(coverage?.unseen.map(({ path, status }) => `${path} ${status}`)).toEqual([
      '/things 4XX',
      '/things/{id} default',
      '/things/all 204',
    ]);
  });
});
