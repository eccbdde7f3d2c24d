import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppStartError } from '../../../src/apps/port.ts';
import type { LogLine } from '../../../src/core/log.ts';
import { noEngine, titled } from '../services/engine-of-this-machine.ts';
import { addressesOfHost, listen, type Target } from './host.ts';
import { docker, inspect, openSandbox, remainsOf, textsOf, tryIn } from './support.ts';

const METADATA = '169.254.169.254';

describe.skipIf(noEngine !== undefined)(titled('an install step that tries to escape'), () => {
  const runs: string[] = [];
  let host: Target;

  beforeAll(async () => {
    host = await listen('0.0.0.0');
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
    expect(await remainsOf(runs)).toEqual([]);
  });

  /** Builds the fixture with `node install.js` for its install step. */
  async function install(
    targets: { direct: [string, number][]; proxied: string[]; code: number },
    more: { lines?: LogLine[]; npmrc?: string } = {},
  ) {
    const { lines = [], npmrc } = more;
    return openSandbox('tries-escapes', {
      lines,
      onRun: (id) => runs.push(id),
      submission: { install: ['node', 'install.js'] },
      edit: async (directory) => {
        // Another one each time: the engine keeps what came of the last equal step.
        const nonce = randomBytes(8).toString('hex');
        const file = path.join(directory, 'targets.json');
        await writeFile(file, JSON.stringify({ ...targets, nonce }));
        if (npmrc !== undefined) await writeFile(path.join(directory, '.npmrc'), npmrc);
      },
    });
  }

  const outcomesIn = (lines: readonly LogLine[]) =>
    JSON.parse(textsOf(lines).find((text) => text.startsWith('{')) ?? 'null');

  test('reaches the registry and nothing else, and its failure says what it asked for', async () => {
    const lines: LogLine[] = [];
    const addresses = addressesOfHost();
    const foreign = ['foreign.invalid:443', `${METADATA}:80`, `localhost:${host.port}`];
    const proxied = [
      ...foreign,
      ...addresses.map((address) => `${authority(address)}:${host.port}`),
    ];
    const direct: [string, number][] = ['127.0.0.1', METADATA, ...addresses].map((address) => [
      address,
      host.port,
    ]);
    const error: AppStartError = await install({ direct, proxied, code: 1 }, { lines }).then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    const outcomes = outcomesIn(lines);
    expect(outcomes.registry).toBe(200);
    for (const target of proxied)
      expect([target, outcomes[`proxy ${target}`]]).toEqual([target, 403]);
    for (const [address, port] of direct)
      expect([address, outcomes[`${address}:${port}`]]).toEqual([
        address,
        address === '127.0.0.1'
          ? 'ECONNREFUSED'
          : expect.stringMatching(/UNREACH|ADDRNOTAVAIL|EINVAL/),
      ]);
    expect(host.connections()).toBe(0);
    expect(error).toMatchObject({
      reason: 'install',
      message: '`node install.js` exited with code 1.',
      hint: expect.stringContaining(`It asked for ${foreign.join(', ')}; from the install step`),
    });
  });

  test('cannot make its own machine the registry with an .npmrc', async () => {
    const lines: LogLine[] = [];
    const npmrc = `registry=http://127.0.0.1:${host.port}/\${HOME}/\n`;
    const proxied = [`127.0.0.1:${host.port}`];
    await expect(install({ direct: [], proxied, code: 1 }, { lines, npmrc })).rejects.toMatchObject(
      { hint: expect.stringContaining(proxied[0]!) },
    );
    expect(outcomesIn(lines)).toMatchObject({ [`proxy ${proxied[0]}`]: 403, registry: 200 });
    expect(host.connections()).toBe(0);
  });

  test('leaves the app no way to the registry', async () => {
    const sandbox = await install({ direct: [], proxied: [], code: 0 });
    const { Parent } = await inspect(`labs-${sandbox.runId}:submission`);
    try {
      const web = await sandbox.start();
      const environment = (await tryIn(web, 'environment')) as { worked: Record<string, string> };
      const names = Object.keys(environment.worked);
      expect(names.filter((name) => /proxy|registry|PIP_CERT/i.test(name))).toEqual([]);
      expect(await tryIn(web, 'listeners')).toEqual({
        worked: [Number(environment.worked['PORT'])],
      });
    } finally {
      await sandbox[Symbol.asyncDispose]();
      await docker('image', 'rm', Parent);
    }
  });
});

const authority = (address: string) => (address.includes(':') ? `[${address}]` : address);
