import { describe, expect, it } from 'vitest';
import { withStage } from '../../../../src/authoring/new/stages.ts';
import { type IntoStage, withCheck } from '../../../../src/catalog/checks/insert.ts';

const CHECK = '- id: more\n  title: More\n';

const add = (text: string, stage: Partial<IntoStage> & { id: string }) =>
  withCheck(
    { shownAs: 'checks.yaml', text },
    { world: 'shared', withheld: false, ...stage },
    CHECK,
  );

const FILE = `# Ours.
formatVersion: 1
stages:
  - id: first # the first
    checks:
      - id: one
        hint: |-
          Two
          lines.

      # About two.
      - id: two
        steps: [{ GET: / }]

  - id: second
    checks:
      - &three
        id: three
`;

describe('a check in checks.yaml', () => {
  it('comes after the last of its stage, and all else stays as it is', () => {
    const text = add(FILE, { id: 'first' });
    expect(text).toBe(
      FILE.replace('GET: / }]\n', 'GET: / }]\n\n      - id: more\n        title: More\n'),
    );
  });

  it('may be the last of the file', () => {
    expect(add(FILE, { id: 'second' })).toBe(`${FILE}\n      - id: more\n        title: More\n`);
  });

  it('brings its stage where the file has none of it', () => {
    const stage = { id: 'third', title: '"3"', world: 'own', withheld: true } as const;
    expect(add(FILE.trimEnd(), stage)).toBe(
      `${FILE}\n  - id: third\n    title: "\\"3\\""\n    world: own\n    details: withheld\n` +
        '    checks:\n      - id: more\n        title: More\n',
    );
  });

  it('may be the first of the file', () => {
    expect(add('formatVersion: 1\nstages:\n', { id: 'first' })).toBe(
      'formatVersion: 1\nstages:\n  - id: first\n    checks:\n      - id: more\n        title: More\n',
    );
  });

  it.each([
    ['stages: [{ id: first, checks: [] }]', 'stages are not a list'],
    ['stages:\n  - { id: first, checks: [{ id: one }] }', 'the checks of the stage "first" are'],
  ])('is not put into %j', (text, message) => {
    expect(() => add(text, { id: 'first' })).toThrow(message);
  });
});

describe('a stage in index.ts', () => {
  const index = (list: string) =>
    `import { defineGrader } from 'backend-labs/kit';\nimport one from './one.ts';\n\n` +
    `export default defineGrader({ lab: 'a', stages: ${list} });\n`;

  it('is imported, and comes last', () => {
    const text = withStage(index('[one]'), 'two-more');
    expect(text).toContain("import one from './one.ts';\nimport twoMore from './two-more.ts';\n\n");
    expect(text).toContain("defineGrader({ lab: 'a', stages: [one, twoMore] });");
  });

  it('may be the first, and have a name that is a word of the language', () => {
    const text = withStage(index('[]'), 'class');
    expect(text).toContain("import classStage from './class.ts';\nimport one from './one.ts';\n");
    expect(text).toContain('stages: [classStage] });');
  });

  it('has a line for each where one would be too long', () => {
    const list = '[\n    one,\n    another,\n    theThirdStage,\n  ]';
    const long = index(list).replace('{ lab', '{\n  lab').replace(' stages', '\n  stages');
    const text = withStage(
      long,
      'a-stage-with-a-name-of-many-words-which-takes-a-lot-of-room-in-one-line-of-code',
    );
    expect(text).toContain(
      '  stages: [\n    one,\n    another,\n    theThirdStage,\n    aStageWith',
    );
    expect(text).toContain('InOneLineOfCode,\n  ] });');
  });

  it('is left to the author where the stages are no list of names', () => {
    expect(withStage(index('[...others]'), 'two')).toBeUndefined();
  });
});
