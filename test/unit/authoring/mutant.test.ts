import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyMutant, readMutant } from '../../../src/authoring/mutant.ts';
import { LabsError } from '../../../src/core/errors.ts';
import { scratch } from '../../support/cli.ts';

const SERVER = [
  'const limit = 5;',
  'start();',
  '',
  'if (count > limit)',
  '  refuse();',
  'start();',
];

let place: ReturnType<typeof scratch>;
const at = (...names: string[]) => path.join(place.path, ...names);
beforeEach(() => {
  place = scratch('mutant');
  for (const directory of ['solutions/js', 'mutants/m', 'copy'])
    mkdirSync(at(directory), { recursive: true });
  writeFileSync(at('copy/server.js'), `${SERVER.join('\n')}\n`);
});
afterEach(() => place.remove());

async function apply(edit: string, solution = 'js'): Promise<void> {
  writeFileSync(
    at('mutants/m/mutant.yaml'),
    `formatVersion: 1\nsolution: ${solution}\nfault: It counts one too many.\ncaughtBy: [limits]\nedits:\n${edit}`,
  );
  await applyMutant(await readMutant(at('mutants/m'), [at('solutions')], place.path), at('copy'));
}

async function refusal(edit: string, solution?: string): Promise<LabsError> {
  const error = await apply(edit, solution).catch((thrown: unknown) => thrown);
  if (error instanceof LabsError) return error;
  throw new Error('it was not refused');
}

describe('an edit', () => {
  it('replaces what stands there once', async () => {
    await apply("  - { file: server.js, find: 'count > limit', replace: 'count > limit + 1' }");
    expect(readFileSync(at('copy/server.js'), 'utf8')).toContain('if (count > limit + 1)');
  });

  it('that changes nothing is told, and so is a mutant without any', async () => {
    const same = await refusal(
      "  - { file: server.js, find: 'count > limit', replace: 'count > limit' }",
    );
    expect(same.message).toContain('edits[0] puts the text itself in its place');
    const file = at('mutants/m/mutant.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/edits:[\s\S]*/, ''));
    const mutant = await readMutant(at('mutants/m'), [at('solutions')], place.path);
    await expect(applyMutant(mutant, at('copy'))).rejects.toThrow(
      'mutants/m/mutant.yaml:3:8: this mutant is still its solution, js: it has neither edits nor a folder files/.',
    );
  });

  it('that stands there twice is told by its lines', async () => {
    const error = await refusal("  - { file: server.js, find: 'start();', replace: '' }");
    expect(error.message).toBe(
      'mutants/m/mutant.yaml:6:30: edits[0] does not fit: its text stands 2 times in server.js of js, in the lines 2, 6.',
    );
    expect(error.detail).toContain('^^^');
    expect(error.hint).toContain('Add a line before or after it');
  });

  it('in a file that is not there is told by that name', async () => {
    const error = await refusal("  - { file: src/server.js, find: 'x', replace: '' }");
    expect(error.message).toContain('mutant.yaml:6:13: edits[0]');
    expect(error.message).toContain('the solution js has no file src/server.js');
  });

  it('that parts from the file is told by where it does', async () => {
    const error = await refusal(
      '  - file: server.js\n    find: |-\n      if (count > limit)\n        reject();\n    replace: x',
    );
    expect(error.message).toContain(
      'it fits from server.js:4 on up to line 4, then comes “  refuse();” where the edit has “  reject();”',
    );
  });

  it.each([
    ['with other blanks', '"if  (count > limit)"', 'nor is its first line: “if  (count > limit)”'],
    [
      'of which only the first line has others',
      '"   start();\\nstop();"',
      'its first line stands in line 2 with other blanks',
    ],
    ['that is nowhere', "'no such text'", 'nor is its first line: “no such text”'],
  ])('%s is told so', async (_, find, message) => {
    const error = await refusal(`  - { file: server.js, find: ${find}, replace: '' }`);
    expect(error.message).toContain(message);
  });

  it('of a solution that is not there is told by its place', async () => {
    const error = await refusal("  - { file: server.js, find: 'x', replace: '' }", 'ts');
    expect(error.message).toContain('mutants/m/mutant.yaml:2:11: there is no solution ts in');
  });
});
