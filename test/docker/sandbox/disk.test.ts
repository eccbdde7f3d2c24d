import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { ContainerPlan } from '../../../src/apps/docker/sandbox/container.ts';
import { diskFull, freeMiB } from '../../../src/apps/docker/sandbox/disk.ts';
import { connect } from '../../../src/docker/client.ts';
import { engine, noEngine, titled } from '../services/engine-of-this-machine.ts';

test.skipIf(noEngine !== undefined)(
  titled('the room on the engine’s disk is seen from a container, which goes again'),
  async () => {
    const name = `labs-test-room-${process.pid}`;
    const docker = await connect(engine);
    const plan = { docker, name, image: 'node:24-slim', labels: {} } as unknown as ContainerPlan;
    expect(await freeMiB(plan)).toBeGreaterThan(0);
    const left = ['ps', '-a', '--filter', `name=${name}`, '--format', '{{.Names}}'];
    expect(execFileSync('docker', left, { encoding: 'utf8' })).toBe('');
    expect(await freeMiB({ ...plan, image: 'labs.invalid/nothing:1' })).toBeUndefined();
  },
);

test('an engine without room is the machine’s failure, and one that is not known is not', () => {
  expect(diskFull(12)).toMatchObject({
    kind: 'environment',
    message: 'The disk of the Docker engine is full: 12 MiB are free.',
    hint: expect.stringContaining('docker system df'),
  });
  expect(diskFull(64)).toBeUndefined();
  expect(diskFull(undefined)).toBeUndefined();
});
