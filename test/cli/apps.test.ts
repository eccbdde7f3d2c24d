import { cpSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { labs, root, scratch } from '../support/cli.ts';
import { processesBelow } from '../support/leftovers.ts';
import { impatientPack } from '../support/pack.ts';

const place = scratch('apps');
const runs = path.join(place.path, 'runs');
/** Where the deadline itself is looked at; the others have the usual one. */
let impatient: { pack: string };

beforeAll(() => {
  impatient = { pack: impatientPack(path.join(place.path, 'pack'), 10) };
});
afterAll(() => place.remove());

afterEach(() => {
  expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
  expect(processesBelow(runs, path.join(place.path, 'workspaces'))).toEqual([]);
});

async function grade(app: string, options: { pack?: string } = {}) {
  const workspace = path.join(place.path, 'workspaces', app);
  cpSync(path.join(root, 'test/fixtures/apps', app), workspace, { recursive: true });
  const only = ['--only', 'answers-health'];
  const ran = await labs(['grade', '--trust', '--provider', 'local', ...only], {
    cwd: workspace,
    runs,
    ...options,
  });
  return { ...ran, text: ran.stdout.replace(/\s+/g, ' ') };
}

describe('an app that does not come to serve earns nothing, and is told why', () => {
  it('never listens', async () => {
    const { code, text } = await grade('never-listens', impatient);
    expect(code).toBe(1);
    expect(text).toContain('The app runs but listens on no port within 10 s.');
    expect(text).toContain('thinking');
  });

  it('exits at once', async () => {
    const { code, text } = await grade('exits-at-once');
    expect(code).toBe(1);
    expect(text).toContain('The app exited with code 7 before it served.');
    expect(text).toContain('cannot find the settings');
  });

  it.runIf(process.platform === 'linux')('listens elsewhere', async () => {
    const { code, text } = await grade('listens-elsewhere', impatient);
    expect(code).toBe(1);
    expect(text).toMatch(/The app listens on 127\.0\.0\.1:\d+ instead of PORT, which was \d+\./);
  });

  it('takes a port that is taken', async () => {
    const { code, text } = await grade('listens-on-taken-port');
    expect(code).toBe(1);
    expect(text).toContain('It tried a port that is taken.');
  });

  it('is never ready', async () => {
    const { code, text } = await grade('never-ready', impatient);
    expect(code).toBe(1);
    expect(text).toContain('GET /healthz answered 503, never 200, within 10 s.');
  });

  it('does not build', async () => {
    const { code, text } = await grade('fails-to-build');
    expect(code).toBe(1);
    expect(text).toContain('exited with code 3.');
  });

  it('is started by a program that is not there', async () => {
    const { code, text } = await grade('no-such-program');
    expect(code).toBe(1);
    expect(text).toContain('There is no program `no-such-program-anywhere`.');
  });
});

describe('an app that is hard to end leaves nothing', () => {
  it.each(['daemonises', 'ignores-sigterm', 'floods-log'])('%s', async (app) => {
    const { code, text } = await grade(app);
    expect(text).toContain('1/1');
    expect(code).toBe(0);
  });
});
