import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findLab, loadLab } from '../../../src/catalog/catalog.ts';
import { directoryWith, errorOf } from './support.ts';

const CHECKS = `formatVersion: 1
lab: alpha
values:
  title: { random: title }
  task: { title: $title, n: 1 }
users:
  ada:
    headers: { X-User: ada }
stages:
  - id: basics
    title: Basics
    checks:
      - id: creates
        title: It creates
        points: 2
        hint: Create.
        reference: { title: HTTP, url: 'https://www.rfc-editor.org/rfc/rfc9110.html' }
        timeout: 2.5
        steps:
          - POST: /tasks
            as: ada
            json: $task
            expect: { status: 201, headers: { ETag: { matches: '^W' } }, schema: { type: object } }
            capture: { id: /id }
          - GET: /tasks/$id
`;

const LAB = {
  'labs/alpha/lab.yaml':
    'formatVersion: 1\nid: alpha\ntitle: A lab\nsummary: Build.\nphase: basics\ntopics: [http]\n' +
    'hours: { min: 1, max: 2 }\npassingScore: 70\nprocesses: { web: {} }\n',
  'labs/alpha/openapi.yaml': 'openapi: 3.1.0\npaths: {}\n',
};

const IN_CODE = `export default ${JSON.stringify({
  lab: 'alpha',
  stages: [
    {
      id: 'basics',
      title: 'Basics',
      world: 'shared',
      checks: [
        {
          id: 'codes',
          title: 'It codes',
          points: 1,
          hint: 'h',
          reference: { title: 't', url: 'u' },
        },
      ],
    },
  ],
})};`;

async function load(checks: string, code?: string) {
  const root = await directoryWith({ ...LAB, 'graders/alpha/checks.yaml': checks });
  if (code !== undefined) {
    await mkdir(path.join(root, 'graders/alpha'), { recursive: true });
    await writeFile(path.join(root, 'graders/alpha/index.js'), code);
  }
  return loadLab(await findLab([{ origin: { pack: 'p' }, root }], 'alpha'));
}

test('a grader may be checks.yaml alone', async () => {
  const lab = await load(CHECKS);
  expect(lab.stages).toEqual([{ id: 'basics', title: 'Basics' }]);
  expect(lab.checks).toMatchObject([
    { id: 'creates', stage: 'basics', points: 2, timeoutMs: 2500 },
  ]);
  expect(lab.parts[0]?.checks).toEqual(['creates']);
});

test('it is merged by stage with index.js; its checks are read first', async () => {
  const lab = await load(CHECKS.replace('    title: Basics\n', ''), IN_CODE);
  expect(lab.checks.map(({ id, stage }) => [stage, id])).toEqual([
    ['basics', 'creates'],
    ['basics', 'codes'],
  ]);
});

test('the digest changes with it', async () => {
  const [one, other] = await Promise.all([load(CHECKS), load(`${CHECKS}# more\n`)]);
  expect(one?.digest).not.toBe(other?.digest);
});

test.each([
  [
    'a key that there is not',
    ['as: ada', 'ass: ada'],
    '21:13: there is no key "ass" in stages[0].checks[0].steps[0]; did you mean "as"?',
  ],
  ['no request at all', ['- POST: /tasks', '- note: x'], '20:13: the key "GET", "HEAD"'],
  ['two requests', ['as: ada', 'GET: /'], '"GET" and "HEAD" and'],
  [
    'a name that nothing has',
    ['/tasks/$id', '/tasks/$it'],
    '25:18: nothing is called $it here; did you mean "id"? For a dollar sign write $$.',
  ],
  [
    'a name before it is captured',
    ['json: $task', 'json: [$id]'],
    '22:20: nothing is called $id here',
  ],
  [
    'a value of nothing',
    ['title: $title, n', 'title: $titel, n'],
    '5:18: nothing is called $titel here; did you mean "title"?',
  ],
  [
    'values in a circle',
    ['{ title: $title', '{ title: $task'],
    '5:3: values stand for each other: task → task.',
  ],
  [
    'a draw inside of a value',
    ['{ title: $title', '{ title: { random: word }'],
    '5:28: `random` makes a value of its own. Give it a name.',
  ],
  [
    'a draw of what is not drawn',
    ['random: title', 'random: titel'],
    '4:20: values.title.random must be',
  ],
  [
    'a range that is none',
    ['random: title', 'random: { integer: [3, 1] }'],
    '4:32: 3 is more than 1.',
  ],
  [
    'a user who is not there',
    ['as: ada', 'as: adam'],
    '21:17: there is no user "adam"; did you mean "ada"?',
  ],
  ['a pattern that is none', ["'^W'", "'^(W'"], '23:64: Invalid regular expression'],
  [
    'a body of which nothing is asked',
    ['schema: { type: object }', 'json: {}'],
    '23:74: `json: {}` asks nothing of the body. Name its members, or write `schema: { type: object }` ' +
      'for any object, `schema: { const: {} }` for one without members.',
  ],
  ['a schema that is none', ['type: object', 'type: objekt'], '23:'],
  [
    'a pointer that is none',
    ['id: /id', 'id: id'],
    '24:28: stages[0].checks[0].steps[0].capture.id must be a JSON Pointer such as /id',
  ],
  ['a name twice', ['id: /id', 'title: /id'], '24:24: "title" stands for something already.'],
  [
    'two bodies',
    ['json: $task', 'json: $task\n            body: x'],
    '23:13: "json" and "body" exclude each other.',
  ],
  [
    'rows of a request',
    ['json: $task', 'rows: []'],
    '22:13: `rows` are what a query gives, and this is a request.',
  ],
  [
    'a query with what is for requests',
    ['POST: /tasks', 'sql: SELECT 1'],
    '21:13: `as` is for requests, and this is a query.',
  ],
  [
    'a world of its own without saying so',
    ['    checks:', '    details: withheld\n    checks:'],
    '12:14: `details` takes a world of its own. Add "world: own".',
  ],
  [
    'another lab',
    ['lab: alpha', 'lab: beta'],
    '2:6: it is the grader of "beta", and its folder is that of "alpha".',
  ],
  [
    'a status that there is not',
    ['status: 201', 'status: 20'],
    '23:31: stages[0].checks[0].steps[0].expect.status',
  ],
  ['an empty file', [CHECKS, ''], '1:1: expected a mapping of keys to values, but it is empty.'],
])('%s is refused with its place', async (_, [find, replace], message) => {
  const error = await errorOf(load(CHECKS.replace(find!, () => replace!)));
  expect(error).toMatch(/^bug: .*graders\/alpha\/checks\.yaml:\d+:\d+: /);
  const lines = error.split('\n');
  const hint = lines.find((line) => line.startsWith('hint: '))?.replace('hint:', '') ?? '';
  expect(`${lines[0]}${hint}`).toContain(message);
});

test('a stage without a title that nobody else has is refused', async () => {
  expect(await errorOf(load(CHECKS.replace('    title: Basics\n', '')))).toMatch(
    /checks\.yaml: the stage "basics" has no title\./,
  );
});
