import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CheckFailure } from '../../../src/core/failure.ts';
import type { OwnContext, SharedContext } from '../../../src/kit/context.ts';
import { check, fakeWorld, own, run, shared } from './fakes.ts';

async function echo(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/hangs') return;
    request.pipe(response.setHeader('x-long', 'y'.repeat(900)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const failure = new CheckFailure({ action: 'x', expected: 'y', actual: 'z', evidence: [] });

/** The time line of a check that does this, then fails. */
async function timelineOf(act: (context: SharedContext) => Promise<unknown>, timeoutMs = 10_000) {
  const acts = async (context: SharedContext) => {
    await act(context);
    throw failure;
  };
  const world = fakeWorld('shared', await echo());
  const { of } = await run([shared(check('a', acts, { timeoutMs }))], { shared: { world } });
  return of('a').timeline!;
}

describe('the time line of a failed check', () => {
  it('has its requests in order, with bodies and answers', async () => {
    const { exchanges, exchangesLeftOut } = await timelineOf(async ({ http }) => {
      await http.post('/one', { json: { text: 'é' }, note: 'the first' });
      await http.get('/two');
    });
    expect(exchanges).toMatchObject([
      {
        method: 'POST',
        note: 'the first',
        requestBody: { text: '{"text":"é"}' },
        response: { status: 200, body: { text: '{"text":"é"}' } },
      },
      { method: 'GET', response: { status: 200 } },
    ]);
    expect(exchanges[1]!.startedAt).toBeGreaterThanOrEqual(exchanges[0]!.startedAt);
    expect(exchangesLeftOut).toBe(0);
  });

  it('is bounded, and says how many requests it leaves out', async () => {
    const { exchanges, exchangesLeftOut } = await timelineOf(async ({ http }) => {
      for (let n = 0; n < 65; n += 1) await http.get(`/${n}`);
    });
    expect(exchangesLeftOut).toBe(5);
    const paths = exchanges.map(({ url }) => new URL(url).pathname);
    expect(paths).toHaveLength(60);
    expect(paths.slice(19, 21)).toEqual(['/19', '/25']);
  });

  it('cuts long bodies and values, and says so', async () => {
    const text = `${'a'.repeat(999)}😀`;
    const { exchanges } = await timelineOf(({ http }) => http.post('/', { body: text }));
    const [{ requestBody, response }] = exchanges as [(typeof exchanges)[0]];
    expect(requestBody).toEqual({ text: 'a'.repeat(999), bytes: 1_003, truncated: true });
    expect(response!.body).toEqual(requestBody);
    expect(new Map(response!.headers).get('x-long')!.length).toBeLessThan(300);
  });

  it('has the request that was under way when the time was up', async () => {
    const { exchanges } = await timelineOf(
      ({ http }) => http.get('/hangs', { timeoutMs: 5_000 }),
      50,
    );
    expect(exchanges).toMatchObject([{ error: { message: 'no answer yet' } }]);
    expect(exchanges[0]!.durationMs).toBeGreaterThan(20);
  });
});

describe('a check without a time line', () => {
  it('passed, or neither sent nor broke anything', async () => {
    const world = fakeWorld('shared', await echo());
    const { of } = await run(
      [
        shared(
          check('passes', async ({ http }) => void (await http.get('/'))),
          check('does-nothing', () => {
            throw failure;
          }),
        ),
      ],
      { shared: { world } },
    );
    expect(of('passes')).not.toHaveProperty('timeline');
    expect(of('does-nothing')).not.toHaveProperty('timeline');
  });

  it('is one whose details are withheld, though it erred', async () => {
    const origin = await echo();
    const acts = (error: Error) => async (context: OwnContext) => {
      await context.http.get('/secret');
      throw error;
    };
    const stage = own(
      'hidden',
      check<OwnContext>('fails', acts(failure)),
      check<OwnContext>('errs', acts(new Error('secret'))),
    );
    const { of, results } = await run([{ ...stage, details: 'withheld' } as typeof stage], {
      ownWorld: async () => fakeWorld('hidden', origin),
    });
    expect([of('fails').verdict, of('errs').verdict]).toEqual(['failed', 'errored']);
    expect(JSON.stringify(results)).not.toContain('secret');
  });
});
