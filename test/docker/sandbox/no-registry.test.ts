import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createDockerRuntime } from '../../../src/apps/docker/runtime.ts';
import { scratch as place } from '../../support/cli.ts';
import { scratch } from '../../unit/services/scratch.ts';
import { engine, noEngine, titled } from '../services/engine-of-this-machine.ts';

test.skipIf(noEngine !== undefined)(
  titled('a registry that cannot be reached is the machine’s failure, at once'),
  async () => {
    await using runs = await scratch();
    const workspace = place('no-registry');
    const name = `p${randomBytes(6).toString('hex')}`;
    const manifest = { name: 'mine', version: '1.0.0', dependencies: { [name]: '1.0.0' } };
    writeFileSync(path.join(workspace.path, 'package.json'), JSON.stringify(manifest));
    const resource = createDockerRuntime({
      engine,
      run: await runs.newRun(),
      isDead: async () => false,
      // Port 9 (discard, RFC 863): nothing listens there.
      env: { ...process.env, npm_config_registry: 'http://127.0.0.1:9/' },
      sandbox: { install: 'registry', dockerfile: false, memory: 256, cpus: 1, pids: 64, tmp: 8 },
      now: () => performance.now(),
      onLog: () => {},
    }).prepare({
      directory: workspace.path,
      lab: 'none',
      language: 'javascript',
      install: ['npm', 'install'],
      processes: { web: ['node', 'server.js'] },
      env: {},
    });
    const startedAt = performance.now();
    try {
      const setup = resource.setup({ signal: new AbortController().signal, progress: () => {} });
      await expect(setup).rejects.toMatchObject({
        kind: 'environment',
        message: 'The package registry 127.0.0.1 cannot be reached: connection refused.',
      });
      // npm alone would try for a minute.
      expect(performance.now() - startedAt).toBeLessThan(30_000);
    } finally {
      await resource.teardown();
      workspace.remove();
    }
  },
);
