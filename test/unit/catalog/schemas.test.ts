import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { checkContract } from '../../../src/catalog/contract.ts';
import { schemas } from '../../../src/catalog/manifest/validators.ts';
import { readManifest } from '../../../src/catalog/manifest-file.ts';

const root = path.join(import.meta.dirname, '../../..');
const labs = await readdir(path.join(root, 'labs'));

test('the types are those of the schemas', async () => {
  const script = path.join(root, 'scripts/generate.ts');
  await promisify(execFile)(process.execPath, [script, '--check']);
});

test.each(Object.entries(schemas))('the schema of %s is one', (_, schema) => {
  const ajv = new Ajv();
  expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
});

test.each(labs)('the manifest of %s is valid', async (lab) => {
  await readManifest(path.join(root, 'labs', lab, 'lab.yaml'), 'lab');
});

test.each(labs)('every schema in the contract of %s compiles', async (lab) => {
  await checkContract(path.join(root, 'labs', lab, 'openapi.yaml'));
});
