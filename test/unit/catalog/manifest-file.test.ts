import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readManifest } from '../../../src/catalog/manifest-file.ts';
import { directoryWith, errorOf } from './support.ts';

async function refusalOf(text: string | Buffer): Promise<string> {
  const cwd = await directoryWith({ 'labs.yaml': text });
  return errorOf(readManifest(path.join(cwd, 'labs.yaml'), 'workspace', cwd));
}

describe('a labs.yaml is refused for', () => {
  test('an unknown key, with the nearest right one', async () => {
    const text = 'formatVersion: 1\nlab: crud-api\nlanguage: typescript\nstrat: node src/main.ts\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:4:1: there is no key "strat"; did you mean "start"?
      4 | strat: node src/main.ts
        | ^^^^^"
    `);
  });

  test('an unknown key that resembles none', async () => {
    const text =
      'formatVersion: 1\nlab: crud-api\nlanguage: python\nstart: python app.py\ncompose: docker-compose.yml\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:5:1: there is no key "compose"; known are formatVersion, lab, language, install, build, start, processes, env.
      5 | compose: docker-compose.yml
        | ^^^^^^^"
    `);
  });

  test('a wrong type', async () => {
    const text = 'formatVersion: 1\nlab: crud-api\nlanguage: python\nstart: { file: app.py }\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:4:1: start must be a string or a list, not a mapping.
      4 | start: { file: app.py }
        | ^^^^^"
    `);
  });

  test('a number where text is wanted', async () => {
    const text =
      'formatVersion: 1\nlab: crud-api\nlanguage: python\nstart: python app.py\nenv:\n  DEBUG: 1\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:6:10: env.DEBUG must be a string, not the number 1.
      6 |   DEBUG: 1
        |          ^
      hint: Put it in quotes: "1"."
    `);
  });

  test('missing keys', async () => {
    const text = 'lab: crud-api\nstart: python app.py\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:1:1: the key "formatVersion" is missing.
      1 | lab: crud-api
        | ^

      labs.yaml:1:1: the key "language" is missing.
      1 | lab: crud-api
        | ^
      hint: Add the line "formatVersion: 1"."
    `);
  });

  test('neither start nor processes', async () => {
    const text = 'formatVersion: 1\nlab: crud-api\nlanguage: python\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:1:1: the key "start" or "processes" is missing.
      1 | formatVersion: 1
        | ^"
    `);
  });

  test('both start and processes', async () => {
    const text =
      'formatVersion: 1\nlab: crud-api\nlanguage: python\nstart: python app.py\nprocesses:\n  web: python app.py\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:5:1: "start" and "processes" exclude each other.
      5 | processes:
        | ^^^^^^^^^
      hint: Keep one of them."
    `);
  });

  test('processes without web', async () => {
    const text =
      'formatVersion: 1\nlab: crud-api\nlanguage: python\nprocesses:\n  worker: python worker.py\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:4:1: the key "web" is missing in processes.
      4 | processes:
        | ^^^^^^^^^"
    `);
  });

  test('an empty list as a command', async () => {
    const text = 'formatVersion: 1\nlab: crud-api\nlanguage: python\nstart: []\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:4:1: start must be a list of at least 1 item, not an empty list.
      4 | start: []
        | ^^^^^"
    `);
  });

  test('a name that is none', async () => {
    const text =
      'formatVersion: 1\nlab: crud-api\nlanguage: python\nstart: python app.py\nenv:\n  MY-NAME: x\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:6:3: the name "MY-NAME" in env must be letters, digits and underscores.
      6 |   MY-NAME: x
        |   ^^^^^^^"
    `);
  });

  test('nothing where a value belongs', async () => {
    const text = 'formatVersion: 1\nlab:\nlanguage: python\nstart: python app.py\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:2:1: lab must be a string, not nothing.
      2 | lab:
        | ^^^"
    `);
  });

  test('a newer format', async () => {
    const text = 'formatVersion: 2\nlab: crud-api\nsandbox: true\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:1:16: format version 2 was made for a newer labs; this one knows version 1.
      1 | formatVersion: 2
        |                ^
      hint: Update labs."
    `);
  });

  test('a format version in quotes', async () => {
    const text = "formatVersion: '1'\nlab: crud-api\nlanguage: python\nstart: python app.py\n";
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:1:16: formatVersion must be 1, not "1".
      1 | formatVersion: '1'
        |                ^^^"
    `);
  });

  test('indentation by tabs', async () => {
    const text = 'formatVersion: 1\nenv:\n\tDEBUG: yes\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:3:1: this line is indented with a tab, and YAML takes only spaces.
      3 | →DEBUG: yes
        | ^
      hint: Put two spaces in place of the tab."
    `);
  });

  test('a key that is there twice', async () => {
    const text = 'formatVersion: 1\nlab: crud-api\nlab: jwt-auth\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:3:1: the key "lab" is on line 2 already.
      3 | lab: jwt-auth
        | ^^^"
    `);
  });

  test('aliases, which can stand for themselves', async () => {
    const text = 'lab: &a [*a, *a]\nenv: *a\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:1:10: the alias *a is refused.
      1 | lab: &a [*a, *a]
        |          ^^

      labs.yaml:1:14: the alias *a is refused. Write the value out where it is wanted.
      1 | lab: &a [*a, *a]
        |              ^^

      labs.yaml:2:6: the alias *a is refused. Write the value out where it is wanted.
      2 | env: *a
        |      ^^
      hint: Write the value out where it is wanted."
    `);
  });

  test('a list', async () => {
    const text = '- crud-api\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:1:1: expected a mapping of keys to values, but it is a list.
      1 | - crud-api
        | ^^^^^^^^^^"
    `);
  });

  test('an empty file', async () => {
    const text = '# nothing yet\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:1:1: expected a mapping of keys to values, but it is empty.
      1 | # nothing yet
        | ^"
    `);
  });

  test('a colon too many', async () => {
    const text = 'lab: crud: api\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:1:6: a second colon with a blank after it makes no sense here.
      1 | lab: crud: api
        |      ^
      hint: Put the whole value in quotes. If the next line belongs to another key, mend its indentation."
    `);
  });

  test('a quote that stays open', async () => {
    const text = 'lab: crud-api\nstart: "node src/main.ts\nlanguage: typescript\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:2:8: a quote that was opened is not closed.
      2 | start: "node src/main.ts
        |        ^"
    `);
  });

  test('a value that begins with a reserved character', async () => {
    const text = 'start: @app/server\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:1:8: a value without quotes cannot begin with @.
      1 | start: @app/server
        |        ^
      hint: Put the whole value in quotes."
    `);
  });

  test('a second document', async () => {
    const text = 'lab: crud-api\n---\nlab: jwt-auth\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:2:1: a second document begins here, and one is expected.
      2 | ---
        | ^^^
      hint: Remove the line with --- and what follows it."
    `);
  });

  test('a tag', async () => {
    const text = 'start: !!js/function return 1\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:1:8: the tag !!js/function has no meaning here.
      1 | start: !!js/function return 1
        |        ^^^^^^^^^^^^^"
    `);
  });

  test('terminal escapes, which it does not repeat', async () => {
    const text =
      '"\\e]52;c;aGk=\\a": 1\nformatVersion: 1\nlab: a\nlanguage: python\nstart: \u0085 x\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:1:1: there is no key "\\u001b]52;c;aGk=\\u0007"; known are formatVersion, lab, language, install, build, start, processes, env.
      1 | "\\e]52;c;aGk=\\a": 1
        | ^^^^^^^^^^^^^^^^"
    `);
  });

  test('keys of the prototype', async () => {
    const text =
      'formatVersion: 1\nlab: crud-api\nlanguage: python\nstart: python app.py\n__proto__: { env: {} }\n';
    expect(await refusalOf(text)).toMatchInlineSnapshot(`
      "usage: labs.yaml:5:1: there is no key "__proto__"; known are formatVersion, lab, language, install, build, start, processes, env.
      5 | __proto__: { env: {} }
        | ^^^^^^^^^"
    `);
  });

  test('nesting without end', async () => {
    expect(await refusalOf(`a: ${'['.repeat(100_000)}`)).toMatch(
      /^usage: labs\.yaml:1:\d+: nested too deeply\./,
    );
  });

  test('nesting beyond all use', async () => {
    expect(await refusalOf(`a: ${'['.repeat(150)}${']'.repeat(150)}`)).toMatch(
      /^usage: labs\.yaml:1:\d+: nested more than 100 levels deep\./,
    );
  });

  test('its size', async () => {
    expect(await refusalOf(Buffer.alloc(10 * 1024 * 1024, '#'))).toMatchInlineSnapshot(
      `"usage: labs.yaml has 10485760 bytes; a file of this kind may have 262144."`,
    );
  });

  test('bytes that are not UTF-8', async () => {
    expect(await refusalOf(Buffer.from('lab: caf\xe9\n', 'latin1'))).toMatchInlineSnapshot(`
      "usage: labs.yaml is not text in UTF-8.
      hint: Save it in the encoding UTF-8."
    `);
  });

  test('a hundred faults, of which a few are shown', async () => {
    const text = Array.from({ length: 100 }, (_, index) => `key${index}: 1`).join('\n');
    const refusal = await refusalOf(`formatVersion: 1\nlab: a\nlanguage: c\nstart: x\n${text}`);
    expect(refusal.match(/there is no key/g)).toHaveLength(8);
    expect(refusal).toMatch(/and 92 more$/);
  });
});

test('as many keys as fit into the size are read in time', async () => {
  const text = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n');
  const startedAt = performance.now();
  await refusalOf(text);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('a long line is shown around the fault', async () => {
  const text = `{formatVersion: 1, lab: a, language: c, start: ${'x'.repeat(200)}, oops: 1, env: {A: ${'y'.repeat(200)}}}`;
  expect(await refusalOf(text)).toMatchInlineSnapshot(`
    "usage: labs.yaml:1:250: there is no key "oops"; known are formatVersion, lab, language, install, build, start, processes, env.
    1 | …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, oops: 1, env: {A: yyyyyyyyyyyyyyyyyyyyyy…
      |                                                    ^^^^"
  `);
});

test('a link is not followed, since messages show lines of the file', async () => {
  const cwd = await directoryWith({ secret: 'token: abc\n' });
  await symlink(path.join(cwd, 'secret'), path.join(cwd, 'labs.yaml'));
  const refusal = await errorOf(readManifest(path.join(cwd, 'labs.yaml'), 'workspace', cwd));
  expect(refusal).toMatchInlineSnapshot(`
    "usage: labs.yaml is a symbolic link.
    hint: Put the file itself in its place."
  `);
});

test('a directory is no file', async () => {
  const cwd = await directoryWith();
  await mkdir(path.join(cwd, 'labs.yaml'));
  const refusal = await errorOf(readManifest(path.join(cwd, 'labs.yaml'), 'workspace', cwd));
  expect(refusal).toMatchInlineSnapshot(`"usage: labs.yaml is not a regular file."`);
});

describe('a lab.yaml is refused for', () => {
  const LAB = [
    'formatVersion: 1',
    'id: my-lab',
    'title: My lab',
    'summary: Build something.',
    'phase: basics',
    'topics: [http]',
    'hours: { min: 1, max: 2 }',
    'passingScore: 70',
    'processes: { web: {} }',
  ];

  async function refusalWith(line: string): Promise<string> {
    const key = line.slice(0, line.indexOf(':') + 1);
    const text = [...LAB.filter((other) => !other.startsWith(key)), line].join('\n');
    const cwd = await directoryWith({ 'lab.yaml': text });
    return errorOf(readManifest(path.join(cwd, 'lab.yaml'), 'lab', cwd));
  }

  test('a wrong word of a list', async () => {
    expect(await refusalWith('phase: bascis')).toMatchInlineSnapshot(`
      "usage: lab.yaml:9:8: phase must be "basics", "intermediate", "advanced" or "mastery", not "bascis"; did you mean "basics"?
      9 | phase: bascis
        |        ^^^^^^"
    `);
  });

  test('a score above 100', async () => {
    expect(await refusalWith('passingScore: 170')).toMatchInlineSnapshot(`
      "usage: lab.yaml:9:15: passingScore must be at most 100, not 170.
      9 | passingScore: 170
        |               ^^^"
    `);
  });

  test('a service that there is not', async () => {
    expect(await refusalWith("services: { postgre: { version: '17' } }")).toMatchInlineSnapshot(`
      "usage: lab.yaml:10:13: there is no key "postgre" in services; did you mean "postgres"?
      10 | services: { postgre: { version: '17' } }
         |             ^^^^^^^"
    `);
  });

  test('a version that is no text', async () => {
    expect(await refusalWith('services: { postgres: { version: 17 } }')).toMatchInlineSnapshot(`
      "usage: lab.yaml:10:34: services.postgres.version must be a string, not the number 17.
      10 | services: { postgres: { version: 17 } }
         |                                  ^^
      hint: Put it in quotes: "17"."
    `);
  });

  test('a wrong id', async () => {
    expect(await refusalWith('id: Crud_API')).toMatchInlineSnapshot(`
      "usage: lab.yaml:9:5: id must be lower-case words joined by hyphens, not "Crud_API".
      9 | id: Crud_API
        |     ^^^^^^^^"
    `);
  });

  test('nothing: then its defaults are in', async () => {
    const cwd = await directoryWith({ 'lab.yaml': LAB.join('\n') });
    expect(await readManifest(path.join(cwd, 'lab.yaml'), 'lab', cwd)).toMatchObject({
      services: {},
      processes: { web: { readiness: '/healthz' } },
      deadlines: { run: 300, ready: 30, stop: 5 },
      env: {},
      reading: [],
    });
  });
});
