import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { processesBelow } from '../support/leftovers.ts';

const place = scratch('launcher');
const runs = path.join(place.path, 'runs');
const workspace = path.join(place.path, 'workspace');

beforeAll(() =>
  cpSync(path.join(root, 'test/fixtures/apps/daemonises'), workspace, { recursive: true }),
);
afterAll(() => place.remove());

/** A Node.js of this machine that is too old for labs; npm's own scripts hide it behind a newer one. */
function oldNode(): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(path.delimiter);
  const found = directories.map((directory) => path.join(directory, 'node')).filter(existsSync);
  return found.find((node) => {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' });
    const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
    return major < 22 || (major === 22 && minor < 22);
  });
}

const node = oldNode();

describe.runIf(node !== undefined && process.platform === 'linux')(
  'started by a Node.js that is too old (one must be on PATH)',
  () => {
    const labs = (...args: string[]) => spawnLabs(args, { cwd: workspace, runs, node: node! });

    it('runs with the one that the checkout has', async () => {
      const { code, output } = await labs('--version').ended;
      const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
      expect(output).toContain(manifest.version);
      expect(code).toBe(0);
    });

    it('says in one line what it needs where there is no other', () => {
      const bare = path.join(place.path, 'bare');
      cpSync(path.join(root, 'bin'), path.join(bare, 'bin'), { recursive: true });
      cpSync(path.join(root, 'package.json'), path.join(bare, 'package.json'));
      const { status, stderr } = spawnSync(node!, [path.join(bare, 'bin/labs.js'), 'list'], {
        encoding: 'utf8',
      });
      expect(stderr).toMatch(/^labs needs Node\.js 22\.22 or newer; this is \S+\. See \S+\n$/);
      expect(status).toBe(3);
    });

    it('passes exit codes on', async () => {
      expect((await labs('start', 'no-such-lab').ended).code).toBe(2);
    });

    it('passes SIGTERM on, and waits for the clean-up', async () => {
      const { child, ended } = labs('grade', '--trust', '--provider', 'local');
      await once(child.stdout!, 'data');
      child.kill('SIGTERM');
      expect((await ended).code).toBe(130);
      expect(readdirSync(runs)).toEqual([]);
    });

    it('killed with -9, the run behind it takes everything down by itself', async () => {
      const { child, ended } = labs('grade', '--trust', '--provider', 'local');
      await once(child.stdout!, 'data');
      child.kill('SIGKILL');
      // The pipes close when the last process that holds them has ended.
      await ended;
      expect(readdirSync(runs)).toEqual([]);
      expect(processesBelow(runs, workspace)).toEqual([]);
    });
  },
);
