import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labs, root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';

/** The compiler and npm take their time on a busy machine. */

const place = scratch('new');
const at = (...names: string[]) => path.join(place.path, ...names);
afterAll(() => place.remove());

/** In a process of its own: a grader in TypeScript is loaded by Node.js itself. */
const run = (...args: string[]) => {
  const env = { LABS_CACHE_DIR: at('cache') };
  return spawnLabs(args, { cwd: place.path, runs: at('runs'), env, source: true }).ended;
};
const verify = (pack: string, ...args: string[]) =>
  run('verify', '--pack', `./${pack}`, '--provider', 'local', ...args);
const here = (args: readonly string[], answers?: string[]) =>
  labs(args, { cwd: place.path, runs: at('runs'), ...(answers && { answers }) });

function change(file: string, from: string, to: string): void {
  const text = readFileSync(at(file), 'utf8');
  expect(text.split(from)).toHaveLength(2);
  writeFileSync(
    at(file),
    text.replace(from, () => to),
  );
}

const filesIn = (directory: string) =>
  globSync('**/*', { cwd: at(directory), withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(at(directory), path.join(entry.parentPath, entry.name)))
    .sort();

describe('labs new', () => {
  it('makes a lab that verifies as it is', async () => {
    const args = [
      'new',
      'notes',
      '--pack',
      './js',
      '--language',
      'javascript',
      '--title',
      `"It's"`,
    ];
    const made = await run(...args);
    expect(made.output).toContain('Made the lab notes in js:');
    expect(made.output).toContain('  labs verify notes --pack ./js  ');
    expect(made.code).toBe(0);
    const { code, output } = await verify('js');
    expect(output).toContain('verify: 5 passed, 0 failed, 0 skipped');
    expect(output).toContain('POST /notes → 400');
    expect(code).toBe(0);
  });

  it('says which solution is wrong, and nothing else', async () => {
    const file = 'js/test/solutions/notes/javascript/server.js';
    change(file, 'answer(response, 200, note)', "answer(response, 200, { ...note, text: '' })");
    const { code, output } = await verify('js', '--only', 'javascript');
    change(file, "answer(response, 200, { ...note, text: '' })", 'answer(response, 200, note)');
    expect(output).toMatch(/✔ +template +javascript/);
    expect(output).toMatch(/✘ +solution +javascript/);
    expect(output).toMatch(/keeps-note failed \(GET \/notes\/.*: expected "text":/);
    expect(output).toContain('verify: 1 passed, 1 failed');
    expect(code).toBe(1);
  });

  it.each([
    ['python', 'none', 5],
    ['typescript', 'none', 2],
  ])('makes one in %s, with the services %s', async (language, services, subjects) => {
    const made = await here([
      ...['new', `notes-${language}`, '--pack', `./${language}`],
      ...['--language', language, '--services', services],
    ]);
    expect(made.code).toBe(0);
    // To compile every mutant takes long, and shows nothing of `labs new`.
    const only = subjects === 2 ? ['--only', language] : [];
    const { code, output } = await verify(language, ...only);
    expect(output).toContain(`verify: ${subjects} passed, 0 failed, 0 skipped`);
    expect(code).toBe(0);
  });

  it('asks on a terminal, again where the answer is wrong', async () => {
    const answers = ['Notes of mine', 'pyton', 'python', 'mysql', 'postgres, redis'];
    const { code, stderr } = await here(['new', 'asked', '--pack', './asked'], answers);
    expect(code).toBe(0);
    expect(answers).toEqual([]);
    expect(stderr).toContain('did you mean "python"?');
    expect(stderr).toContain('There is no service "mysql".');
    const manifest = readFileSync(at('asked/labs/asked/lab.yaml'), 'utf8');
    expect(manifest).toContain('title: "Notes of mine"');
    expect(manifest).toMatch(/postgres:[\s\S]*redis:/);
    expect(filesIn('asked')).toContain('templates/asked/python/requirements.txt');
  });

  it('writes into a checkout of labs where you are in one', async () => {
    const checkout = at('checkout');
    for (const name of ['scaffold', 'labs', 'package.json'])
      cpSync(path.join(root, name), path.join(checkout, name), { recursive: true });
    mkdirSync(path.join(checkout, 'src'));
    const inside = { cwd: checkout, pack: checkout, runs: at('runs') };
    const { code, stdout } = await labs(['new', 'notes', '--language', 'python'], inside);
    expect(code).toBe(0);
    expect(stdout).toContain('Made the lab notes in .:');
    expect(stdout).toContain('  npm run build ');
    expect(stdout).not.toContain('--pack');
    expect(existsSync(path.join(checkout, 'graders/notes/index.ts'))).toBe(true);
    expect(existsSync(path.join(checkout, '.gitignore'))).toBe(false);
    const again = await labs(['new', 'crud-api'], inside);
    expect(again.stderr).toContain('There is a lab crud-api already');
  });

  it('writes nothing where it is only to say what it would write', async () => {
    const { stdout } = await here(['new', 'dry', '--pack', './dry', '--dry-run']);
    expect(stdout).toContain('Would make the lab dry in dry:');
    expect(stdout).toContain('      openapi.yaml');
    expect(existsSync(at('dry'))).toBe(false);
  });

  it('leaves what a pack has at its root', async () => {
    writeFileSync(at('js/package.json'), '{ "name": "mine", "type": "module" }');
    const { code, stdout } = await here([
      'new',
      'second',
      '--pack',
      './js',
      '--language',
      'python',
    ]);
    expect(code).toBe(0);
    expect(stdout).not.toContain('package.json\n  graders');
    expect(readFileSync(at('js/package.json'), 'utf8')).toBe(
      '{ "name": "mine", "type": "module" }',
    );
  });

  it.each([
    [['Notes'], '"Notes" cannot be the id of a lab'],
    [['n'.repeat(65)], 'at most 64 characters long'],
    [['notes', '--pack', './js'], 'There is a lab notes already'],
    [['crud-api', '--pack', './js'], 'it is of the pack built-in'],
    [['third'], 'You are in no pack'],
    [['third', '--pack', 'js'], 'expected a directory to write to'],
    [['third', '--pack', './js/package.json'], 'is no directory that can be written to'],
    [['third', '--pack', './js/templates/notes/javascript'], 'is a learner’s workspace'],
    [['third', '--pack', './js', '--language', 'go'], 'knows nothing of "go"'],
    [['third', '--pack', './js', '--services', 'redi'], 'did you mean "redis"?'],
    [['third', '--pack', './js', '--title', ' '], 'cannot be a title'],
    [['language', 'notes', 'javascript', '--pack', './js'], 'has a template in javascript already'],
    [['language', 'notes', 'rust', '--pack', './js'], 'knows nothing of "rust"'],
    [['language', 'crud-api', 'python', '--pack', './js'], 'is of the pack built-in, not of'],
    [['check', 'nots', 'more', '--pack', './js'], 'did you mean "notes"?'],
    [['mutant', 'notes', 'more', '--pack', './js', '--find', 'x'], 'go together'],
  ])('refuses %j', async (args, message) => {
    const before = readdirSync(place.path);
    const { code, stderr } = await here(['new', ...args]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(readdirSync(place.path)).toEqual(before);
  });
});

describe('what is added to a lab', () => {
  beforeAll(async () => {
    await here(['new', 'notes', '--pack', './more', '--language', 'javascript']);
  });

  it('a check comes with a mutant, and verification fails until both are written', async () => {
    const title = 'A note without text is refused';
    const made = await run(
      'new',
      'check',
      'notes',
      'no-text',
      '--title',
      title,
      '--pack',
      './more',
    );
    expect(made.output).toContain('graders/notes/checks.yaml: the steps and the hint of no-text');
    expect(made.code).toBe(0);
    const mutant = 'test/mutants/notes/breaks-no-text/mutant.yaml';
    const before = await verify('more');
    expect(before.output).toContain(
      `${mutant}:3:8: this mutant is still its solution, javascript: it has neither edits nor a folder files/.`,
    );
    expect(before.output).toContain('check no-text: no mutant makes it fail');
    expect(before.output).toContain('verify: 5 passed, 2 failed');
    expect(before.code).toBe(1);

    change(
      'more/graders/notes/checks.yaml',
      '          - GET: /healthz\n            expect: { status: 200 }\n',
      "          - POST: /notes\n            json: { text: '' }\n            expect: { problem: 400 }\n",
    );
    change(
      `more/${mutant}`,
      'caughtBy: [no-text]\n',
      `caughtBy: [no-text]\nedits:\n  - { file: server.js, find: " && text !== ''", replace: "" }\n`,
    );
    const { code, output } = await verify('more');
    expect(output).toContain('caught by no-text');
    expect(output).toContain('Contract: 5 of 5 documented responses');
    expect(code).toBe(0);
  });

  it('a check in TypeScript becomes a stage of the grader', async () => {
    const args = ['--typescript', '--world', 'own', '--pack', './more'];
    expect((await run('new', 'check', 'notes', 'new-stage', ...args)).code).toBe(0);
    const { code, output } = await verify('more', '--only', 'javascript');
    expect(readFileSync(at('more/graders/notes/index.ts'), 'utf8')).toContain(', newStage]');
    expect(output).toMatch(/✔ +solution +javascript +(\d+)\/\1 /);
    expect(code).toBe(0);
  });

  it('a mutant may be given whole', async () => {
    const { code } = await run(
      ...['new', 'mutant', 'notes', 'loses-text', '--pack', './more', '--caught-by', 'keeps-note'],
      ...['--fault', 'Stores notes without their text.', '--file', 'server.js'],
      ...['--find', 'createNote(text)', '--replace', "createNote('')"],
    );
    expect(code).toBe(0);
    const verified = await verify('more', '--only', 'loses-text');
    expect(verified.output).toContain('caught by keeps-note');
    expect(verified.code).toBe(0);
  });

  it.each([
    [['mutant', 'notes', 'loses-text'], 'is there already, and nothing is overwritten'],
    [['mutant', 'notes', 'm', '--caught-by', 'keeps-not'], 'did you mean "keeps-note"?'],
    [['mutant', 'notes', 'm', '--solution', 'javscript'], 'did you mean "javascript"?'],
    [['mutant', 'notes', 'm', '--file=a', '--find=b', '--replace=c'], 'has no file "a"'],
    [
      ['mutant', 'notes', 'm', '--file=server.js', '--find=answer', '--replace=c'],
      'and must stand there once',
    ],
    [['check', 'notes', 'keeps-note'], 'has a check keeps-note already'],
    [['check', 'notes', 'c', '--hidden', '--world=shared'], 'do not go together'],
    [['check', 'notes', 'c', '--stage=basics', '--hidden'], 'has a world that is shared'],
  ])('refuses %j', async (args, message) => {
    const before = filesIn('more');
    const { code, output } = await run('new', ...args, '--pack', './more');
    expect(output).toContain(message);
    expect(code).toBe(2);
    expect(filesIn('more')).toEqual(before);
  });

  it('a language is whole where the contract is that of `labs new`', async () => {
    const made = await here(['new', 'language', 'notes', 'python', '--pack', './more']);
    expect(made.stdout).not.toContain('Still to be written');
    const { code, output } = await verify('more', '--only', 'python');
    expect(output).toContain('verify: 2 passed, 0 failed');
    expect(code).toBe(0);
  });

  it('a language is a beginning elsewhere, and verification says what is missing', async () => {
    change('more/labs/notes/openapi.yaml', '/notes/{id}:', '/notes/{number}:');
    const args = ['new', 'language', 'notes', 'typescript', '--pack', './more'];
    const { stdout } = await here(args);
    expect(stdout).toContain('Still to be written:');
    expect(stdout).toContain('test/solutions/notes/typescript: the service that openapi.yaml');
    expect(filesIn('more/test/solutions/notes/typescript')).toEqual([
      'labs.yaml',
      'package-lock.json',
      'package.json',
      'src/server.ts',
      'tsconfig.json',
    ]);
  });

  it('hidden checks go to a lab of another pack, with a mutant of its solution', async () => {
    const packs = ['--pack', './js', '--pack', './class'];
    const made = await run('new', 'check', 'notes', 'class-secret', '--hidden', ...packs);
    expect(made.code).toBe(0);
    expect(readFileSync(at('class/graders/notes/checks.yaml'), 'utf8')).toContain(
      '  - id: hidden\n    title: "Hidden"\n    world: own\n    details: withheld\n    checks:\n',
    );
    const { code, output } = await run('verify', 'notes', ...packs);
    expect(output).toMatch(/✔ +solution +javascript +16\/16/);
    expect(output).toContain(
      'breaks-class-secret/mutant.yaml:3:8: this mutant is still its solution',
    );
    expect(output).toContain('verify: 1 passed, 2 failed');
    expect(code).toBe(1);
  });
});
