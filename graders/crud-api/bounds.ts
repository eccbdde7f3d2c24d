import { expect, type Http } from 'backend-labs/kit';

/**
 * What the machine may add to a time of the contract, in milliseconds: a second, and twenty times
 * what an ordinary request takes just now. What hangs, or waits for a time-out of its own that is
 * too long, still stands out.
 */
export async function room(http: Http, path: string): Promise<number> {
  let slowest = 0;
  for (let i = 0; i < 3; i += 1) {
    const answer = await http.get(path, { note: 'to see how fast the machine is' });
    expect(answer).toHaveStatus(200);
    slowest = Math.max(slowest, answer.exchange.durationMs);
  }
  return Math.ceil((1_000 + 20 * slowest) / 100) * 100;
}
