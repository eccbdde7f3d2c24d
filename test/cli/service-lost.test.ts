import { once } from 'node:events';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { processesBelow } from '../support/leftovers.ts';

const place = scratch('lost');
const runs = path.join(place.path, 'runs');
const workspace = path.join(place.path, 'workspace');

beforeAll(() =>
  cpSync(path.join(root, 'test/solutions/crud-api/javascript-express'), workspace, {
    recursive: true,
    filter: (file) => !file.includes('node_modules'),
  }),
);
afterAll(() => place.remove());

describe.runIf(process.platform === 'linux')('Postgres dies during the checks', () => {
  it('is not the learner’s failure: not graded, exit code 3, nothing left', async () => {
    const args = ['grade', '--trust', '--provider', 'local'];
    const { child, ended } = spawnLabs(args, { cwd: workspace, runs });
    for (let seen = ''; !seen.includes('creates-task'); )
      seen += String((await once(child.stdout!, 'data'))[0]);
    const [server] = processesBelow(runs).filter((process) => process.includes('/bin/postgres'));
    process.kill(Number.parseInt(server!, 10), 'SIGKILL');
    const { code, output } = await ended;
    expect(output).toContain('This is not a grade');
    expect(output).toContain('Postgres went away');
    expect(code).toBe(3);
    expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
    expect(processesBelow(runs, workspace)).toEqual([]);
  });
});
