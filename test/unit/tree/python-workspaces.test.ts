import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../support/cli.ts';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const workspaces = globSync(
  [
    'templates/*/python',
    'test/solutions/*/python-fastapi',
    'scaffold/languages/python/*/workspace',
  ],
  { cwd: root },
).filter((directory) => existsSync(path.join(root, directory, 'requirements.txt')));

it.each(workspaces)('%s says how its requirements are installed', (directory) => {
  expect(read(`${directory}/labs.yaml`)).toContain('install: pip install -r requirements.txt\n');
});

// Else it looks for the machine's libpq, which the image of the sandbox does not have.
it.each(workspaces)('%s brings the library that psycopg needs', (directory) => {
  expect(read(`${directory}/requirements.txt`)).not.toMatch(/^psycopg(?!\[binary\])/m);
});
