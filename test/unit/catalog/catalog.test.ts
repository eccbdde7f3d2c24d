import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findLab, listLabs, loadLab } from '../../../src/catalog/catalog.ts';
import { DEFAULT_CHECK_TIMEOUT_MS } from '../../../src/kit/grader.ts';
import { directoryWith, errorOf } from './support.ts';

const CHECK = {
  title: 'It answers.',
  points: 1,
  hint: 'Answer.',
  reference: { title: 'HTTP', url: 'https://www.rfc-editor.org/rfc/rfc9110.html' },
};

function manifest(id: string, phase = 'basics', more = ''): string {
  return `formatVersion: 1
id: ${id}
title: A lab
summary: Build something.
phase: ${phase}
topics: [http]
hours: { min: 1, max: 2 }
passingScore: 70
processes: { web: {} }
${more}`;
}

function grader(lab: string, stages: unknown): string {
  return `export default ${JSON.stringify({ lab, stages })};`;
}

const ALPHA = {
  'labs/alpha/lab.yaml': manifest(
    'alpha',
    'basics',
    'services: { postgres: { version: "17", schema: schema.sql } }',
  ),
  'labs/alpha/README.md': '# Alpha',
  'labs/alpha/openapi.yaml': 'openapi: 3.1.0\npaths: {}\n',
  'labs/alpha/schema.sql': 'CREATE TABLE things (id int);',
  'templates/alpha/typescript/labs.yaml': 'lab: alpha',
  'templates/alpha/python/labs.yaml': 'lab: alpha',
  'graders/alpha/index.ts': grader('alpha', [
    {
      id: 'basics',
      title: 'Basics',
      checks: [
        { id: 'answers', ...CHECK },
        { id: 'answers-again', ...CHECK, points: 2, needs: ['answers'], timeoutMs: 500 },
      ],
    },
  ]),
};

async function packWith(files: Record<string, string>) {
  const root = await directoryWith(files);
  return { origin: { pack: 'my-pack' }, root };
}

test('labs are listed in the order of their phases', async () => {
  const pack = await packWith({
    ...ALPHA,
    'labs/beta/lab.yaml': manifest('beta', 'advanced'),
    'labs/gamma/lab.yaml': manifest('gamma', 'basics'),
    'labs/notes/README.md': 'no lab',
  });
  const labs = await listLabs([pack]);
  expect(labs.map(({ manifest }) => manifest.id)).toEqual(['alpha', 'gamma', 'beta']);
  expect(labs[0]?.origin).toEqual({ pack: 'my-pack' });
  expect(Object.keys(labs[0]?.paths.templates ?? {})).toEqual(['python', 'typescript']);
});

test('a pack without labs has none', async () => {
  expect(await listLabs([await packWith({})])).toEqual([]);
});

test('two packs with the same lab exclude each other', async () => {
  const [one, other] = [await packWith(ALPHA), await packWith(ALPHA)];
  expect(await errorOf(listLabs([one, other]))).toMatch(/^usage: Two packs have a lab alpha: /);
});

describe('an unknown lab', () => {
  test('is told the nearest and all', async () => {
    const pack = await packWith({ ...ALPHA, 'labs/beta/lab.yaml': manifest('beta') });
    expect(await errorOf(findLab([pack], 'aplha'))).toBe(
      'usage: There is no lab "aplha"; did you mean "alpha"?\nhint: The labs are: alpha, beta.',
    );
  });

  test('is told where it was read', async () => {
    const pack = await packWith(ALPHA);
    expect(await errorOf(findLab([pack], 'queue', { namedAt: 'labs.yaml:2:6' }))).toBe(
      'usage: labs.yaml:2:6: there is no lab "queue".\nhint: The labs are: alpha. For one of another pack, name that: --pack <pack>.',
    );
  });

  test('is never a path', async () => {
    const pack = await packWith(ALPHA);
    const id = '../labs/alpha';
    expect(await errorOf(findLab([pack], id))).toMatch(/^usage: There is no lab "\.\.\/labs/);
  });
});

test.each([
  [
    { 'labs/alpha/lab.yaml': manifest('beta') },
    /lab\.yaml:2:5: id must be the name of its folder, "alpha"\./,
  ],
  [
    { 'labs/alpha/lab.yaml': manifest('alpha').replace('max: 2', 'max: 0.5') },
    /lab\.yaml:7:23: hours\.max is less than hours\.min\./,
  ],
  [
    { 'labs/alpha/lab.yaml': ALPHA['labs/alpha/lab.yaml'].replace('schema.sql', 'tables.sql') },
    /^bug: The lab alpha has no tables\.sql, which its manifest names\./,
  ],
])('a lab that does not fit together is refused', async (files, message) => {
  const pack = await packWith({ ...ALPHA, ...files });
  expect(await errorOf(findLab([pack], 'alpha'))).toMatch(message);
});

test('a loaded lab has its contract, its tables and its checks', async () => {
  const lab = await loadLab(await findLab([await packWith(ALPHA)], 'alpha'));
  expect(lab.schema).toBe('CREATE TABLE things (id int);');
  expect(lab.stages).toEqual([{ id: 'basics', title: 'Basics' }]);
  expect(lab.checks).toEqual([
    { id: 'answers', stage: 'basics', needs: [], timeoutMs: DEFAULT_CHECK_TIMEOUT_MS, ...CHECK },
    {
      ...CHECK,
      id: 'answers-again',
      stage: 'basics',
      needs: ['answers'],
      timeoutMs: 500,
      points: 2,
    },
  ]);
  expect(
    lab.contract.violations({
      method: 'GET',
      path: '/',
      status: 200,
      headers: [],
      body: Buffer.alloc(0),
    }),
  ).toEqual([]);
});

describe('the digest', () => {
  test('is that of what decides a grade, wherever it is', async () => {
    const digests = await Promise.all(
      [ALPHA, ALPHA, { ...ALPHA, 'labs/alpha/README.md': 'other' }].map(async (files) => {
        const lab = await loadLab(await findLab([await packWith(files)], 'alpha'));
        return lab.digest;
      }),
    );
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(digests).size).toBe(1);
  });

  test.each([
    'labs/alpha/lab.yaml',
    'labs/alpha/openapi.yaml',
    'labs/alpha/schema.sql',
    'graders/alpha/index.ts',
  ])('changes with %s', async (name) => {
    const pack = await packWith(ALPHA);
    const before = await loadLab(await findLab([pack], 'alpha'));
    const file = path.join(pack.root, name);
    const comment = { '.yaml': '#', '.sql': '--', '.ts': '//' }[path.extname(file)];
    await writeFile(file, `${ALPHA[name as keyof typeof ALPHA]}\n${comment} changed\n`);
    const after = await loadLab(await findLab([pack], 'alpha'));
    expect(after.digest).not.toBe(before.digest);
  });

  test('changes with what the grader imports', async () => {
    const one = await packWith({ ...ALPHA, 'graders/alpha/deep/more.ts': 'export {};' });
    const two = await packWith(ALPHA);
    const [a, b] = await Promise.all(
      [one, two].map(async (p) => loadLab(await findLab([p], 'alpha'))),
    );
    expect(a?.digest).not.toBe(b?.digest);
  });

  test('changes with what is behind a link to a folder', async () => {
    const pack = await packWith({ ...ALPHA, 'shared/deep/more.ts': 'export {};' });
    await symlink('../../shared', path.join(pack.root, 'graders/alpha/shared'));
    const digest = async () => (await loadLab(await findLab([pack], 'alpha'))).digest;
    const before = await digest();
    expect(await digest()).toBe(before);
    await writeFile(path.join(pack.root, 'shared/deep/more.ts'), 'export const more = 1;');
    expect(await digest()).not.toBe(before);
  });

  test('is of files alone, whatever else is called as one', async () => {
    const plain = await packWith(ALPHA);
    const odd = await packWith(ALPHA);
    const folder = path.join(odd.root, 'graders/alpha');
    await mkdir(path.join(folder, 'node_modules/decimal.js'), { recursive: true });
    await symlink('nowhere.ts', path.join(folder, '.#index.ts'));
    await symlink('turns.ts', path.join(folder, 'turns.ts'));
    await symlink('..', path.join(folder, 'node_modules/alpha'));
    const digests = await Promise.all(
      [plain, odd].map(async (pack) => (await loadLab(await findLab([pack], 'alpha'))).digest),
    );
    expect(digests[1]).toBe(digests[0]);
  });
});

describe('a grader is faulty', () => {
  const stage = (...checks: object[]) => [{ id: 'one', title: 'One', checks }];
  test.each([
    [
      'of another lab',
      grader('beta', stage({ id: 'a', ...CHECK })),
      'it is the grader of "beta", not of "alpha".',
    ],
    ['without checks', grader('alpha', []), 'it has no checks.'],
    [
      'with a check twice',
      grader('alpha', stage({ id: 'a', ...CHECK }, { id: 'a', ...CHECK })),
      'two checks are called "a".',
    ],
    [
      'with a stage twice',
      grader('alpha', [...stage({ id: 'a', ...CHECK }), ...stage()]),
      'two stages are called "one".',
    ],
    [
      'without points',
      grader('alpha', stage({ id: 'a', ...CHECK, points: 0 })),
      'the check "a" has 0 points, and must have more than 0.',
    ],
    [
      'with an id in other words',
      grader('alpha', stage({ id: 'A_b', ...CHECK })),
      'the id "A_b" is not made of lower-case words joined by hyphens.',
    ],
    [
      'that needs what is not there',
      grader('alpha', stage({ id: 'a', ...CHECK, needs: ['b'] })),
      'the check "a" needs "b", which there is not.',
    ],
    [
      'that needs itself',
      grader(
        'alpha',
        stage(
          { id: 'a', ...CHECK, needs: ['b'] },
          { id: 'b', ...CHECK, needs: ['c'] },
          { id: 'c', ...CHECK, needs: ['b'] },
        ),
      ),
      'checks need each other: b → c → b.',
    ],
    [
      'with a clock in a shared world',
      grader('alpha', [
        { ...stage({ id: 'a', ...CHECK })[0], world: 'shared', clocks: { 'web.1': 1 } },
      ]),
      'the stage "one" sets clocks, which takes `world: \'own\'`.',
    ],
    [
      'with the clock of a process that there is not',
      grader('alpha', [
        {
          ...stage({ id: 'a', ...CHECK })[0],
          world: 'own',
          instances: { web: 2 },
          clocks: { 'web.1': 1, 'web.2': -30_000, 'web.3': 1 },
        },
      ]),
      'the stage "one" sets the clock of "web.3", which there is not: it has web.1, web.2.',
    ],
    [
      'with a clock that is not off',
      grader('alpha', [
        { ...stage({ id: 'a', ...CHECK })[0], world: 'own', clocks: { 'web.1': 0 } },
      ]),
      'the stage "one" sets the clock of "web.1" off by 0, and must by a whole number of',
    ],
    [
      'with instances of a process that there is not',
      `export default ${JSON.stringify({ lab: 'alpha', instances: { worker: 2 }, stages: stage({ id: 'a', ...CHECK }) })};`,
      'the grader has instances of "worker", and the lab has web.',
    ],
    [
      'without an instance',
      grader('alpha', [
        { ...stage({ id: 'a', ...CHECK })[0], world: 'own', instances: { web: 0 } },
      ]),
      'the stage "one" has 0 instances of "web", and must have 1 or more.',
    ],
    [
      'without a default export',
      'export const grader = 1;',
      'has no grader as its default export.',
    ],
    ['that throws', 'throw new Error("oops");', 'cannot be loaded: oops'],
  ])('%s', async (_, source, message) => {
    const pack = await packWith({ ...ALPHA, 'graders/alpha/index.ts': source });
    const error = await errorOf(loadLab(await findLab([pack], 'alpha')));
    expect(error.split('\n')[0]).toMatch(/^bug: /);
    expect(error.split('\n')[0]).toContain(message);
  });

  test('and missing', async () => {
    const { 'graders/alpha/index.ts': _, ...files } = ALPHA;
    const pack = await packWith(files);
    expect(await errorOf(loadLab(await findLab([pack], 'alpha')))).toMatch(
      /^bug: The lab alpha has no grader: its pack has neither graders\/alpha\/index\.ts nor /,
    );
  });
});
