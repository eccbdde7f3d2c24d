import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppStartError } from '../../../src/apps/port.ts';
import { environmentError, interrupted } from '../../../src/core/errors.ts';
import { CheckFailure, NotAvailable } from '../../../src/core/failure.ts';
import { outcomeOf, scoreOf } from '../../../src/core/score.ts';
import { check, fakeWorld, own, run, shared } from './fakes.ts';

const failure = (actual = 'something else') =>
  new CheckFailure({ action: 'GET /x', expected: 'x', actual, evidence: [] });
const fails = () => {
  throw failure();
};
/** As it reads where the app went down while it was asked. */
const cutOff = () =>
  new CheckFailure({
    action: 'GET /x',
    expected: 'a whole answer',
    actual: 'the connection was closed',
    evidence: [
      {
        kind: 'exchange',
        exchange: {
          id: 1,
          method: 'GET',
          url: 'http://127.0.0.1:9/x',
          requestHeaders: [],
          startedAt: 0,
          durationMs: 1,
          error: { code: 'UND_ERR_SOCKET', message: 'closed' },
          violations: [],
        },
      },
    ],
  });

async function serving(body: string): Promise<string> {
  const server = createServer((_, response) => response.end(body));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe('a check that others need', () => {
  it('runs before them; what needs a failed one is skipped, and so on down the chain', async () => {
    const { of, verdicts } = await run([
      shared(
        check('d', undefined, { needs: ['c'] }),
        check('c', undefined, { needs: ['b'] }),
        check('b', fails, { needs: ['a'] }),
        check('a'),
      ),
    ]);
    expect(verdicts).toEqual({ a: 'passed', b: 'failed', c: 'skipped', d: 'skipped' });
    expect(of('c')).toMatchObject({ skipped: 'needs b, which failed', gradable: true, earned: 0 });
    expect(of('d').skipped).toBe('needs c, which was skipped');
  });

  it('may be in another stage, of another world', async () => {
    const order: string[] = [];
    await run([
      own(
        'late',
        check('b', () => void order.push('b'), { needs: ['a'] }),
      ),
      shared(check('a', () => void order.push('a'))),
    ]);
    expect(order).toEqual(['a', 'b']);
  });

  it('and could not be tried by us, costs nobody points', async () => {
    const { of, results } = await run([
      shared(
        check('a', () => {
          throw environmentError('The disk is full.');
        }),
        check('b', undefined, { needs: ['a'] }),
      ),
    ]);
    expect(of('b')).toMatchObject({ verdict: 'skipped', skipped: 'needs a, which errored' });
    expect(outcomeOf(results, 0)).toBe('incomplete');
  });

  it('and cannot be tried in this run, leaves those that need it uncounted', async () => {
    const { of, results } = await run([
      shared(
        check('a', () => {
          throw new NotAvailable('needs the database behind the server');
        }),
        check('b', undefined, { needs: ['a'] }),
        check('c'),
      ),
    ]);
    expect(of('a')).toMatchObject({
      verdict: 'skipped',
      skipped: 'needs the database behind the server',
      gradable: false,
    });
    expect(of('b')).toMatchObject({ verdict: 'skipped', gradable: false });
    expect(scoreOf(results)).toEqual({ earned: 1, max: 1, percent: 100 });
  });
});

describe('what runs beside what', () => {
  it('shared checks run side by side, four at most', async () => {
    let now = 0;
    let most = 0;
    const busy = async () => {
      most = Math.max(most, ++now);
      await sleep(5);
      now -= 1;
    };
    await run([shared(...Array.from({ length: 30 }, (_, i) => check(`c${i}`, busy)))]);
    expect(most).toBe(4);
  });

  it('checks of an own world run one after another, mended before each', async () => {
    const order: string[] = [];
    const world = fakeWorld('w');
    const step = (id: string) =>
      check<never>(id, async () => {
        order.push(`${id} begins, ${world.healed} mended`);
        await sleep(5);
        order.push(`${id} ends`);
      });
    await run([own('w', step('a'), step('b'))], { ownWorld: async () => world });
    expect(order).toEqual(['a begins, 1 mended', 'a ends', 'b begins, 2 mended', 'b ends']);
  });

  it('worlds run side by side, as many as are allowed', async () => {
    let now = 0;
    let most = 0;
    const busy = async () => {
      most = Math.max(most, ++now);
      await sleep(5);
      now -= 1;
    };
    const stages = ['a', 'b', 'c', 'd'].map((id) =>
      own(id, check(`${id}1`, busy), check(`${id}2`, busy)),
    );
    await run(stages, { worlds: 3 });
    expect(most).toBe(3);
  });

  it('a world is opened once, and only when a check is tried in it', async () => {
    const opened: string[] = [];
    await run(
      [
        own('a', check('a1'), check('a2')),
        own('b', check('b1', undefined, { needs: ['c1'] })),
        shared(check('c1', fails)),
      ],
      {
        ownWorld: async (stage) => {
          opened.push(stage.id);
          return fakeWorld(stage.id);
        },
      },
    );
    expect(opened).toEqual(['a']);
  });

  it('results come in the order of the grader, with an event each', async () => {
    const { results, events } = await run([
      shared(
        check('slow', () => sleep(20)),
        check('quick'),
      ),
      own('w', check('last')),
    ]);
    expect(results.map(({ id }) => id)).toEqual(['slow', 'quick', 'last']);
    const finished = events.flatMap((e) => (e.type === 'check:finished' ? [e.result.id] : []));
    expect(finished.sort()).toEqual(['last', 'quick', 'slow']);
  });
});

describe('the app goes down in the shared world', () => {
  const crashing = async (slowestMs: number, endKnownAfterMs: number) => {
    const world = fakeWorld();
    const tries: string[] = [];
    const { verdicts } = await run(
      [
        shared(
          check('culprit', async () => {
            tries.push('culprit');
            world.crash(endKnownAfterMs);
            throw cutOff();
          }),
          check('innocent', async () => {
            tries.push('innocent');
            if (tries.length > 2) return;
            await sleep(slowestMs);
            throw cutOff();
          }),
        ),
      ],
      { shared: { world } },
    );
    return { world, verdicts, tries };
  };

  it.each([
    ['as it is known at once', 20, 0],
    ['as it is known after the broken connections', 0, 40],
  ])('the culprit fails, the innocent beside it passes alone: %s', async (_, slow, known) => {
    const { world, verdicts, tries } = await crashing(slow, known);
    expect(verdicts).toEqual({ culprit: 'failed', innocent: 'passed' });
    expect(tries.toSorted()).toEqual(['culprit', 'culprit', 'innocent', 'innocent']);
    expect(world.down).toBe(false);
  });

  it('after its check has passed: those that come later find it mended', async () => {
    const world = fakeWorld();
    const ask = () => {
      if (world.down) throw cutOff();
    };
    const { verdicts } = await run(
      [
        shared(
          check('bomb', async () => {
            world.crash();
          }),
          check('fuse', () => sleep(30), { needs: ['bomb'] }),
          check('later', ask, { needs: ['fuse'] }),
          check('last', ask, { needs: ['later'] }),
        ),
      ],
      { shared: { world } },
    );
    expect(verdicts).toEqual({ bomb: 'passed', fuse: 'passed', later: 'passed', last: 'passed' });
  });

  it('a check that failed for another reason is tried once', async () => {
    let tries = 0;
    await run([
      shared(
        check('a', () => {
          tries += 1;
          throw failure();
        }),
      ),
    ]);
    expect(tries).toBe(1);
  });

  it('gives the check other random data the second time: the first may have left its own', async () => {
    const world = fakeWorld();
    const words: string[] = [];
    const stages = [
      shared(
        check('a', ({ random }) => {
          words.push(random.word());
          if (words.length > 1) return;
          world.crash();
          throw cutOff();
        }),
      ),
    ];
    const { verdicts } = await run(stages, { shared: { world } });
    expect(verdicts).toEqual({ a: 'passed' });
    expect(new Set(words).size).toBe(2);
  });

  it('and does not come up again: the checks that it held up fail, with that reason', async () => {
    const world = fakeWorld();
    world.heal = async () => {
      throw new AppStartError(
        'exited',
        'The app exited with code 1 before it served.',
        'See its log.',
        [],
      );
    };
    const { of, verdicts } = await run(
      [
        shared(
          check('culprit', () => {
            world.crash();
            throw cutOff();
          }),
        ),
      ],
      { shared: { world } },
    );
    expect(verdicts).toEqual({ culprit: 'failed' });
    expect(of('culprit').failure).toMatchObject({
      action: 'start the app again',
      actual: 'The app exited with code 1 before it served.',
    });
  });
});

describe('an own world that does not open', () => {
  it('because the app does not start: its checks fail', async () => {
    const { of, verdicts } = await run([own('w', check('a'), check('b')), shared(check('c'))], {
      ownWorld: async () => {
        throw new AppStartError('silent', 'The app runs but listens on no port.', 'Listen.', []);
      },
    });
    expect(verdicts).toEqual({ a: 'failed', b: 'failed', c: 'passed' });
    expect(of('a').failure?.actual).toBe('The app runs but listens on no port.');
  });

  it('because of the machine: its checks are errored, the others graded', async () => {
    const { of, verdicts } = await run([own('w', check('a')), shared(check('c'))], {
      ownWorld: async () => {
        throw environmentError('The disk is full.', { hint: 'Make room.' });
      },
    });
    expect(verdicts).toEqual({ a: 'errored', c: 'passed' });
    expect(of('a').error).toEqual({
      kind: 'environment',
      message: 'The disk is full.',
      detail: 'Make room.',
    });
  });

  it('because of a bug: the run ends with it, nothing hangs, and nothing more begins', async () => {
    let begun = 0;
    const slow = (id: string) =>
      check(id, async () => {
        begun += 1;
        await sleep(20);
      });
    const outcome = run(
      [
        own('w', check('a')),
        shared(
          ...Array.from({ length: 20 }, (_, i) => slow(`c${i}`)),
          check('z', undefined, { needs: ['a'] }),
        ),
      ],
      {
        ownWorld: async () => {
          throw new TypeError('a bug');
        },
      },
    );
    await expect(outcome).rejects.toThrow('a bug');
    expect(begun).toBe(4);
  });
});

describe('whose fault it is', () => {
  const trips = check('a', async ({ http }) => {
    const { json } = await http.get('/x');
    json.items.map(String);
  });

  it('a check trips over an answer that breaks the contract: the contract says why', async () => {
    const contract = {
      violations: () => [{ at: '/items', expected: 'an array', actual: 'nothing' }],
    };
    const world = fakeWorld('shared', await serving('{}'));
    const { of } = await run([shared(trips)], { shared: { world }, contract });
    expect(of('a').verdict).toBe('failed');
    expect(of('a').failure).toMatchObject({
      action: 'GET /x',
      expected: '/items as the contract has it (openapi.yaml): an array',
      actual: 'nothing',
      evidence: [{ kind: 'exchange' }],
    });
  });

  it('a check trips over an answer that keeps the contract: a bug of ours, and no grade', async () => {
    const world = fakeWorld('shared', await serving('{}'));
    const { of, results } = await run([shared(trips)], { shared: { world } });
    expect(of('a').verdict).toBe('errored');
    expect(of('a').error).toMatchObject({ kind: 'bug', message: expect.stringContaining('map') });
    expect(outcomeOf(results, 0)).toBe('incomplete');
  });

  it('a check holds but an answer on the way broke the contract: failed', async () => {
    const contract = { violations: () => [{ at: 'status', expected: '201', actual: '200' }] };
    const world = fakeWorld('shared', await serving('{}'));
    const { of } = await run(
      [
        shared(
          check('a', async ({ http }) => {
            await http.get('/x', { note: 'once' });
          }),
        ),
      ],
      { shared: { world }, contract },
    );
    expect(of('a').failure).toMatchObject({
      action: 'GET /x (once)',
      expected: 'a status that the contract lists (openapi.yaml): 201',
    });
  });

  it('a failure without an action names the last request', async () => {
    const world = fakeWorld('shared', await serving('{}'));
    const { of } = await run(
      [
        shared(
          check('a', async ({ http }) => {
            await http.get('/first');
            await http.get('/second');
            throw new CheckFailure({ action: '', expected: 'x', actual: 'y', evidence: [] });
          }),
        ),
      ],
      { shared: { world } },
    );
    expect(of('a').failure).toMatchObject({
      action: 'GET /second',
      evidence: [{ kind: 'exchange', exchange: { id: 2 } }],
    });
  });

  it('a failure while the services are gone is the machine’s', async () => {
    const world = fakeWorld();
    world.lost = 'Postgres went away: connection refused';
    const { of } = await run([shared(check('a', fails))], { shared: { world } });
    expect(of('a').error).toEqual({
      kind: 'environment',
      message: 'During the check, Postgres went away: connection refused.',
    });
  });
});

describe('time', () => {
  it('a check that takes too long fails, and says what it waited for', async () => {
    const server = createServer(() => {});
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as { port: number };
    const world = fakeWorld('shared', `http://127.0.0.1:${port}`);
    const { of } = await run(
      [
        shared(
          check('a', async ({ http }) => void (await http.get('/slow', { timeoutMs: 60_000 })), {
            timeoutMs: 50,
          }),
        ),
      ],
      { shared: { world } },
    );
    expect(of('a').failure).toMatchObject({
      action: 'GET /slow',
      expected: 'the check to be done within 0.05 s',
      actual: 'it was still waiting for the answer',
      evidence: [{ kind: 'exchange' }],
    });
    expect(of('a').durationMs).toBeLessThan(20_000);
  });

  it('a check that waits for what no signal reaches does not hold the run', async () => {
    const { of } = await run([shared(check('a', () => new Promise(() => {}), { timeoutMs: 30 }))]);
    expect(of('a').failure).toMatchObject({ action: 'the check', actual: 'it was not' });
  });

  it('the signal of a check is aborted when it has ended', async () => {
    let signal: AbortSignal | undefined;
    await run([
      shared(
        check('a', (context) => {
          signal = context.signal;
        }),
      ),
    ]);
    expect(signal?.aborted).toBe(true);
  });

  it('once the run is out of time no further check begins, wherever it waited', async () => {
    let late = false;
    const { of, verdicts } = await run(
      [
        shared(
          ...Array.from({ length: 4 }, (_, i) =>
            check(`c${i}`, async () => {
              await sleep(20);
              late = true;
            }),
          ),
          check('queued'),
        ),
        own(
          'w',
          check('w1', () => sleep(40)),
          check('w2'),
        ),
      ],
      { late: () => late },
    );
    expect(verdicts['c3']).toBe('passed');
    expect(verdicts['w1']).toBe('passed');
    for (const id of ['queued', 'w2'])
      expect(of(id)).toMatchObject({
        verdict: 'skipped',
        gradable: true,
        skipped: 'the run was out of time before it could begin',
      });
  });

  it('an interruption ends the run at once, with its reason', async () => {
    const stop = new AbortController();
    let begun = 0;
    const startedAt = performance.now();
    const outcome = run(
      [
        shared(
          ...Array.from({ length: 20 }, (_, i) =>
            check(`c${i}`, () => {
              begun += 1;
              setTimeout(() => stop.abort(interrupted()), 20);
              return new Promise<void>(() => {});
            }),
          ),
        ),
        own(
          'w',
          check('w1', () => new Promise(() => {})),
          check('w2'),
        ),
      ],
      { signal: stop.signal },
    );
    await expect(outcome).rejects.toMatchObject({ kind: 'interrupted' });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(begun).toBe(4);
  });
});

describe('what is not tried', () => {
  it('what was not asked for', async () => {
    const { of, results } = await run([shared(check('a'), check('b'))], {
      selected: new Set(['a']),
    });
    expect(of('b')).toMatchObject({
      verdict: 'skipped',
      skipped: 'not asked for',
      gradable: false,
    });
    expect(scoreOf(results).max).toBe(1);
  });

  it('what needs an app of ours, against a server that runs already', async () => {
    const { of, verdicts } = await run([own('w', check('a')), shared(check('b'))], {
      ownWorld: undefined,
      shared: { url: await serving('{}') },
    });
    expect(of('a')).toMatchObject({
      skipped: 'needs control of the app and its services',
      gradable: false,
    });
    expect(verdicts['b']).toBe('passed');
  });

  it('SQL, against a server that runs already', async () => {
    const asks = check('a', async ({ sql }) => void (await sql`SELECT 1`));
    const { of } = await run([shared(asks)], { shared: { url: 'http://127.0.0.1:9' } });
    expect(of('a')).toMatchObject({
      verdict: 'skipped',
      skipped: 'needs the database behind the server',
      gradable: false,
    });
  });
});
