import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { noEngine, titled } from '../services/engine-of-this-machine.ts';
import { containersOf, inspect, openSandbox, remainsOf, tryIn } from './support.ts';

const DOCKERFILE = `FROM node:24-slim
WORKDIR /app
COPY . .
RUN mkdir --mode 777 /data && chmod u+s /usr/bin/env && cp /usr/bin/env /root-env && chmod 4755 /root-env
VOLUME /data /other
USER root
ENTRYPOINT ["/root-env"]
STOPSIGNAL SIGKILL
LABEL labs.run=other labs.owner.pid=1
EXPOSE 8080
`;

describe.skipIf(noEngine !== undefined)(titled('a Dockerfile that asks for more'), () => {
  const runs: string[] = [];
  afterAll(async () => expect(await remainsOf(runs)).toEqual([]));

  test('gets what every submission gets', async () => {
    await using sandbox = await openSandbox('tries-escapes', {
      limits: { dockerfile: true },
      edit: (directory) => writeFile(path.join(directory, 'Dockerfile'), DOCKERFILE),
      onRun: (id) => runs.push(id),
    });
    const web = await sandbox.start();
    const name = (await containersOf(sandbox.runId)).find((each) => each.includes('-web'))!;
    const { Config, HostConfig, Mounts } = await inspect(name);
    expect(Mounts.filter(({ Type }: { Type: string }) => Type !== 'tmpfs')).toEqual([]);
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, PublishAllPorts: false });
    expect(Config).toMatchObject({
      User: '10001:10001',
      Labels: { 'labs.run': sandbox.runId, 'labs.owner.pid': String(process.pid) },
    });
    expect(await tryIn(web, 'status', 'CapBnd')).toEqual({ worked: '0000000000000000' });
    expect(await tryIn(web, 'run', '/root-env', 'id', '-u')).toEqual({ worked: '10001' });
    const size = await tryIn(
      web,
      'run',
      'df',
      '--output=size',
      '--block-size=M',
      '/data',
      '/other',
    );
    expect(size).toEqual({ worked: expect.stringMatching(/^1M-blocks\n +32M\n +32M$/) });
    expect(await web.terminate(5_000)).toMatchObject({ signal: 'SIGTERM' });
  });
});
