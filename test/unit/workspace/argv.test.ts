import { describe, expect, test } from 'vitest';
import { splitCommand } from '../../../src/workspace/argv.ts';

describe('a command is split', () => {
  test.each([
    ['node src/main.ts', ['node', 'src/main.ts']],
    ['\n  node\t src/main.ts \n', ['node', 'src/main.ts']],
    ['node "my file.ts" \'a b\'', ['node', 'my file.ts', 'a b']],
    ['node a"b c"d', ['node', 'ab cd']],
    ['node ""', ['node', '']],
    ['node "say \\"hi\\""', ['node', 'say "hi"']],
    ['node "C:\\dir"', ['node', 'C:\\dir']],
    ['node my\\ file.ts', ['node', 'my file.ts']],
    ["node '$HOME && *'", ['node', '$HOME && *']],
    ['node "a && b; c > d * ?"', ['node', 'a && b; c > d * ?']],
    ['node \\$HOME "\\$HOME"', ['node', '$HOME', '$HOME']],
    ['node --env=a=b', ['node', '--env=a=b']],
    ['pip install uvicorn[standard]', ['pip', 'install', 'uvicorn[standard]']],
    ['node a~b x$', ['node', 'a~b', 'x$']],
    ['node \\', ['node', '\\']],
  ])('%s', (text, command) => {
    expect(splitCommand(text)).toEqual({ command });
  });
});

describe('shell syntax is found', () => {
  test.each([
    ['npm run build && node x', '&&', 14],
    ['node x || true', '||', 7],
    ['node x | cat', '|', 7],
    ['node x &', '&', 7],
    ['node x; node y', ';', 6],
    ['node x > log', '>', 7],
    ['node x 2>&1', '2>&1', 7],
    ['node x < in', '<', 7],
    ['node $(which x)', '$(', 5],
    ['node $PORT', '$PORT', 5],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant as it stands.
    ['node "${PORT}"', '${PORT}', 6],
    ['node "`id`"', '`', 6],
    ['node *.ts', '*', 5],
    ['node ~/x', '~', 5],
    ['npm ci\nnode x', '\n', 6],
    ['(node x)', '(', 0],
    ['PORT=3000 node x', 'PORT=3000', 0],
  ])('in %s', (text, syntax, index) => {
    expect(splitCommand(text)).toMatchObject({
      fault: { kind: 'shell', index, length: syntax.length, syntax: { text: syntax } },
    });
  });
});

test.each([
  ['', 'empty', 0],
  ['   ', 'empty', 0],
  ['"" x', 'empty', 0],
  ['node "x', 'quote', 5],
  ["node 'x", 'quote', 5],
  ['node \0', 'nul', 5],
])('%j is no command', (text, kind, index) => {
  expect(splitCommand(text)).toMatchObject({ fault: { kind, index } });
});
