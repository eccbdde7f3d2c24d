import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { labs, scratch } from '../support/cli.ts';

const place = scratch('input');
const runs = path.join(place.path, 'runs');
afterAll(() => place.remove());

const run = (args: string[], cwd = place.path) => labs(args, { cwd, runs });
const workspace = () =>
  directory('workspace', {
    'labs.yaml': 'formatVersion: 1\nlab: crud-api\nlanguage: javascript\nstart: node a.js\n',
  });

function directory(name: string, files: Record<string, string> = {}): string {
  const made = path.join(place.path, name);
  mkdirSync(made, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(made, file), text);
  return made;
}

describe('a mistake is answered with a sentence and exit code 2', () => {
  it('an unknown command', async () => {
    const { code, stderr } = await run(['graed']);
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean grade?');
  });

  it('an unknown lab', async () => {
    const { code, stderr } = await run(['start', 'crud-apj']);
    expect(code).toBe(2);
    expect(stderr).toContain('"crud-apj"');
    expect(stderr).toContain('crud-api');
    expect(existsSync(path.join(place.path, 'crud-apj'))).toBe(false);
  });

  it('start into a directory that is not empty', async () => {
    const target = directory('taken', { 'notes.txt': 'mine' });
    const { code, stderr } = await run(['start', 'crud-api', 'taken']);
    expect(code).toBe(2);
    expect(stderr).toContain('is not empty');
    expect(readdirSync(target)).toEqual(['notes.txt']);
    expect(readFileSync(path.join(target, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('grade outside a workspace', async () => {
    const { code, stderr } = await run(['grade'], directory('nowhere'));
    expect(code).toBe(2);
    expect(stderr).toContain('There is no labs.yaml');
    expect(stderr).toContain('labs start');
  });

  it('a broken labs.yaml', async () => {
    const cwd = directory('broken', {
      'labs.yaml': 'formatVersion: 1\nlab: crud-api\nlanguage: javascript\nstrat: node a.js\n',
    });
    const { code, stderr } = await run(['grade'], cwd);
    expect(code).toBe(2);
    expect(stderr).toMatch(/labs\.yaml:4:1/);
    expect(stderr).toContain('start');
  });

  it('a labs.yaml that names an unknown lab', async () => {
    const cwd = directory('unknown', {
      'labs.yaml': 'formatVersion: 1\nlab: crud-app\nlanguage: javascript\nstart: node a.js\n',
    });
    const { code, stderr } = await run(['grade'], cwd);
    expect(code).toBe(2);
    expect(stderr).toContain('labs.yaml:2:6');
    expect(stderr).toContain('crud-api');
  });

  it.each([
    ['--only', 'no-such-check', 'no-such-check'],
    ['--service', 'postgress=postgres://x', 'postgress'],
    ['--reporter', 'prety', 'pretty'],
    ['--against', 'ftp://x', 'http://'],
    ['--provider', 'dokcer', 'docker'],
    ['--runtime', 'dokcer', 'docker'],
  ])('%s %s', async (option, value, said) => {
    const cwd = workspace();
    const { code, stderr } = await run(['grade', '--trust', option, value], cwd);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });

  it('two reports for one stream', async () => {
    const { code, stderr } = await run(['grade', '--reporter', 'json', '--reporter', 'pretty']);
    expect(code).toBe(2);
    expect(stderr).toContain('json=report.json');
  });
});

describe('the machine in the way is exit code 3', () => {
  it('a server that is not there', async () => {
    const cwd = workspace();
    const { code, stderr } = await run(
      ['grade', '--trust', '--service', 'postgres=postgres://a:b@127.0.0.1:9/postgres'],
      cwd,
    );
    expect(code).toBe(3);
    expect(stderr).toContain('127.0.0.1:9');
  });

  it('no engine', async () => {
    const cwd = workspace();
    const { code, stderr } = await labs(['grade', '--trust', '--provider', 'docker'], {
      cwd,
      runs,
      env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' },
    });
    expect(code).toBe(3);
    expect(stderr).toContain('No Docker engine answers');
    expect(stderr).toContain('--provider local');
  });

  it('a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await run(['run', '--port', String(port)], workspace());
    server.close();
    expect(code).toBe(3);
    expect(stderr).toContain(`Port ${port} is taken.`);
    expect(stderr).toContain('--port');
  });

  const canMount = process.platform === 'linux' && process.getuid?.() === 0;
  it.runIf(canMount)('a full disk (needs root, to mount a small one)', async () => {
    const small = directory('small');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=755', 'tmpfs', small]);
    try {
      const full = path.join(small, 'runs');
      const { code, stderr } = await labs(['grade', '--trust', '--provider', 'local'], {
        cwd: workspace(),
        runs: full,
      });
      expect(code).toBe(3);
      expect(stderr).toContain('no space left on device');
      expect(readdirSync(full)).toEqual([]);
    } finally {
      // Who watched over the run from outside ends a moment after it.
      await vi.waitFor(() => execFileSync('umount', [small], { stdio: 'pipe' }), {
        timeout: 15_000,
      });
    }
  });
});
