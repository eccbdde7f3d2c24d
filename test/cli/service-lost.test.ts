import { cpSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { signalProcess } from '../../src/platform/process-table.ts';
import { root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { processesBelow } from '../support/leftovers.ts';

const place = scratch('lost');
const runs = path.join(place.path, 'runs');
afterAll(() => place.remove());

const cases = [
  {
    service: 'Postgres',
    solution: 'crud-api/javascript-express',
    when: 'creates-task',
    server: '/bin/postgres',
  },
  {
    service: 'Redis',
    solution: 'rate-limiting/javascript-flexible',
    when: 'serves-routes',
    server: 'redis-server',
  },
];

describe.runIf(process.platform === 'linux')('a service dies during the checks', () => {
  it.each(cases)(
    '$service: not the learner’s failure, not graded, exit code 3, nothing left',
    async ({ service, solution, when, server }) => {
      const workspace = path.join(place.path, service);
      cpSync(path.join(root, 'test/solutions', solution), workspace, {
        recursive: true,
        filter: (file) => !file.includes('node_modules'),
      });
      const args = ['grade', '--trust', '--provider', 'local'];
      const { ended, said } = spawnLabs(args, { cwd: workspace, runs });
      await said(when);
      for (const line of processesBelow(runs).filter((process) => process.includes(server)))
        signalProcess(Number.parseInt(line, 10), 'SIGKILL');
      const { code, output } = await ended;
      expect(output).toContain('This is not a grade');
      expect(output).toContain(`${service} went away`);
      expect(code).toBe(3);
      expect(existsSync(runs) ? readdirSync(runs) : []).toEqual([]);
      expect(processesBelow(runs, workspace)).toEqual([]);
    },
  );
});
