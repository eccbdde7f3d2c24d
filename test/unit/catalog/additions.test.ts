import { expect, test } from 'vitest';
import { findLab, loadLab } from '../../../src/catalog/catalog.ts';
import { directoryWith, errorOf } from './support.ts';

const CHECK = {
  title: 'It answers.',
  points: 1,
  hint: 'Answer.',
  reference: { title: 'HTTP', url: 'https://www.rfc-editor.org/rfc/rfc9110.html' },
};

const stage = (id: string, checks: readonly string[], more: object = {}) => ({
  id,
  title: `Stage ${id}`,
  world: 'shared',
  checks: checks.map((check) => ({ id: check, ...CHECK })),
  ...more,
});

const grader = (stages: readonly object[], more: object = {}) =>
  `export default ${JSON.stringify({ lab: 'alpha', stages, ...more })};`;

const LAB = {
  'labs/alpha/lab.yaml':
    'formatVersion: 1\nid: alpha\ntitle: A lab\nsummary: Build.\nphase: basics\ntopics: [http]\n' +
    'hours: { min: 1, max: 2 }\npassingScore: 70\nprocesses: { web: {} }\n',
  'labs/alpha/openapi.yaml': 'openapi: 3.1.0\npaths: {}\n',
  'graders/alpha/index.js': grader([stage('basics', ['a']), stage('own', ['b'], { world: 'own' })]),
};

async function load(...added: string[]) {
  const graders = await Promise.all(
    added.map((source) => directoryWith({ 'graders/alpha/index.js': source })),
  );
  const packs = [await directoryWith(LAB), ...graders].map((root, index) => ({
    origin: { pack: `pack-${index}` },
    root,
  }));
  return loadLab(await findLab(packs, 'alpha'));
}

test('stages of the same id become one, others come after', async () => {
  const lab = await load(
    grader([stage('more', ['d']), stage('basics', ['c'])]),
    grader([stage('more', ['e'])]),
  );
  expect(lab.grader.stages.map(({ id, checks }) => [id, checks.map((check) => check.id)])).toEqual([
    ['basics', ['a', 'c']],
    ['own', ['b']],
    ['more', ['d', 'e']],
  ]);
  expect(lab.parts.map(({ pack, checks }) => [pack, checks])).toEqual([
    ['pack-0', ['a', 'b']],
    ['pack-1', ['d', 'c']],
    ['pack-2', ['e']],
  ]);
});

test('what is added may need what is there', async () => {
  const needing = { ...stage('more', []), checks: [{ id: 'c', ...CHECK, needs: ['a'] }] };
  expect((await load(grader([needing]))).checks.at(-1)?.needs).toEqual(['a']);
});

test('the lab’s own digest stays; each addition has one', async () => {
  const [alone, added, other] = await Promise.all([
    load(),
    load(grader([stage('more', ['c'])])),
    load(grader([stage('more', ['d'])])),
  ]);
  expect(added?.digest).toBe(alone?.digest);
  expect(added?.parts[1]?.digest).not.toBe(other?.parts[1]?.digest);
});

test.each([
  [
    'a check that is called as another',
    grader([stage('more', ['a'])]),
    /graders\/alpha\/index\.js: the check "a" is in .*index\.js already\.\nhint: Rename one/,
  ],
  [
    'another world for a stage',
    grader([stage('basics', ['c'], { world: 'own' })]),
    /the stage "basics" has a world that is own\.\nhint: In .* it is shared: say the same/,
  ],
  [
    'settings for a stage of another',
    grader([stage('own', ['c'], { world: 'own', instances: { web: 2 } })]),
    /the stage "own" has `instances`, and is in .* already\.\nhint: .* an id of its own/,
  ],
  [
    'withheld details in a stage of another',
    grader([stage('own', ['c'], { world: 'own', details: 'withheld' })]),
    /the stage "own" has `details`, and is in/,
  ],
  [
    'withheld details in a shared world',
    grader([stage('more', ['c'], { details: 'withheld' })]),
    /the stage "more" withholds details, which takes `world: 'own'`/,
  ],
  [
    'settings for every world',
    grader([stage('more', ['c'])], { env: { LIMIT: '1' } }),
    /`env` for every world is said in .* alone\.\nhint: Give it to a stage of your own/,
  ],
  [
    'a check that needs what is not there',
    grader([{ ...stage('more', []), checks: [{ id: 'c', ...CHECK, needs: ['x'] }] }]),
    /the check "c" needs "x", which there is not/,
  ],
])('%s is refused', async (_, source, message) => {
  const error = await errorOf(load(source));
  expect(error).toMatch(/^bug: /);
  expect(error).toMatch(message);
});
