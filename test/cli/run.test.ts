import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { freePort } from '../../src/apps/process/ports.ts';
import { root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { NOTES } from '../support/packs.ts';
import { startTestPostgres } from '../support/postgres.ts';

const place = scratch('run');
const at = (...names: string[]) => path.join(place.path, ...names);
afterAll(() => place.remove());

it('labs run starts each process, shows what it writes, and says when a worker ends', async () => {
  cpSync(NOTES, at('pack'), { recursive: true });
  const lab = at('pack/labs/notes/lab.yaml');
  // In no order that counts.
  const manifest = readFileSync(lab, 'utf8');
  writeFileSync(lab, manifest.replace('processes:\n', 'processes:\n  worker: {}\n'));
  cpSync(at('pack/test/solutions/notes/javascript'), at('work'), { recursive: true });
  const app = readFileSync(at('work/labs.yaml'), 'utf8');
  writeFileSync(
    at('work/labs.yaml'),
    `${app.replace(/^start:.*\n/m, '')}processes: { web: node server.js, worker: node worker.cjs }\n`,
  );
  const worker = `
    const { existsSync } = require('node:fs');
    console.log('to work');
    setInterval(() => existsSync('end') && process.exit(3), 50)`;
  writeFileSync(at('work/worker.cjs'), worker);

  const args = ['run', '--trust', '--runtime=process', '--pack', at('pack')];
  const { child, ended } = spawnLabs([...args, '--port', String(await freePort())], {
    cwd: at('work'),
    runs: at('runs'),
    source: true,
  });
  child.stdout!.on('data', (text: string) => {
    if (text.includes('The app is at')) writeFileSync(at('work/end'), '');
    if (text.includes('worker.1 exited')) child.kill('SIGINT');
  });
  const { code, output } = await ended;
  expect(output).toContain('worker.1 | to work');
  expect(output).toContain('The app is at http://localhost:');
  expect(output).toContain('worker.1 exited with code 3.');
  expect(output).not.toContain('web.1 exited');
  expect(code).toBe(130);
});

it('labs run says what it could not take down', async () => {
  const postgres = await startTestPostgres();
  try {
    const { admin } = postgres.server;
    const url = `postgres://${admin.user}:${admin.password}@127.0.0.1:${admin.port}/postgres?host=${admin.host}`;
    cpSync(path.join(root, 'test/fixtures/apps/healthy'), at('healthy'), { recursive: true });
    const args = ['run', '--trust', '--runtime=process', '--service', `postgres=${url}`];
    const { child, ended, said } = spawnLabs([...args, '--port', String(await freePort())], {
      cwd: at('healthy'),
      runs: at('runs'),
      source: true,
    });
    await said('The app is at');
    await postgres[Symbol.asyncDispose]();
    child.kill('SIGINT');
    const { code, output } = await ended;
    expect(output).toContain('Make databases in your Postgres, undone: ');
    expect(output).toContain(
      'Run `labs clean` to remove what was left; on a server of yours, with its --service.',
    );
    expect(code).toBe(130);
  } finally {
    await postgres[Symbol.asyncDispose]();
  }
});
