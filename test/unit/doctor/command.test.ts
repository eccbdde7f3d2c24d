import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../src/platform/command.ts';

const { env } = process;

describe('a command', () => {
  it('is captured to its end', async () => {
    const outcome = await runCommand('sh', ['-c', 'echo out; echo err >&2; exit 3'], { env });
    expect(outcome).toEqual({
      started: true,
      exitCode: 3,
      timedOut: false,
      stdout: 'out',
      stderr: 'err',
    });
  });

  it('that is not there is an answer, not an exception', async () => {
    const outcome = await runCommand('no-such-program', [], { env });
    expect(outcome).toMatchObject({ started: false, code: 'ENOENT' });
  });

  it('has the environment that it is given and no other', async () => {
    const outcome = await runCommand('/usr/bin/env', [], { env: { ONE: '1', NONE: undefined } });
    expect(outcome).toMatchObject({ stdout: 'ONE=1' });
  });

  it('shows what it writes as it comes', async () => {
    const seen: string[] = [];
    const onOutput = (text: string) => void seen.push(text);
    const outcome = await runCommand('sh', ['-c', 'echo a; echo b >&2'], { env, onOutput });
    expect(seen.sort()).toEqual(['a\n', 'b\n']);
    expect(outcome).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it.each([
    ['one', 'sleep 30'],
    ['its child', 'sleep 30 & wait'],
    ['its daemon', 'setsid sleep 15 & wait'],
  ])('ends in time though %s goes on', async (_, script) => {
    const startedAt = performance.now();
    const outcome = await runCommand('sh', ['-c', script], { env, timeoutMs: 200 });
    expect(outcome).toMatchObject({ started: true, timedOut: true });
    expect(performance.now() - startedAt).toBeLessThan(12_000);
  });

  it('is asked to end with a signal', async () => {
    const stop = new AbortController();
    const running = runCommand('sleep', ['30'], { env, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    expect(await running).toMatchObject({ started: true, exitCode: undefined, timedOut: false });
  });
});
