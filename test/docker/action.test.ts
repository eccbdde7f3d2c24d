import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { play } from '../support/action.ts';
import { scratch } from '../support/cli.ts';
import { NOTES } from '../support/packs.ts';
import { noEngine, titled } from './services/engine-of-this-machine.ts';

vi.setConfig({ testTimeout: 300_000 });

const place = scratch('action-docker');
const at = (...names: string[]) => path.join(place.path, ...names);
/** What `labs images pull` makes of the lab's templates. */
const MADE = 'labs-template:rate-limiting-typescript';
const docker = (...args: string[]) => spawnSync('docker', args, { encoding: 'utf8' }).stdout;
const wasThere = noEngine !== undefined || docker('images', '-q', MADE) !== '';
afterAll(() => {
  place.remove();
  if (!wasThere) docker('rmi', MADE);
});

describe.skipIf(noEngine !== undefined)(titled('the action, with a sandbox'), () => {
  it('grades a lab of a pack, whose images nobody can fetch beforehand', () => {
    cpSync(path.join(NOTES, 'test/solutions/notes/javascript'), at('right'), { recursive: true });
    const inputs = { lab: 'notes', pack: NOTES };
    const played = play(inputs, at('right'), place.path, { HOME: at('home') });
    expect(played.log).toContain('Not all images are here');
    expect(played.log).toContain('app: docker');
    expect(played).toMatchObject({
      code: 0,
      outputs: { score: '2', 'max-score': '2', passed: 'true' },
    });
  });

  it('keeps the images of a lab for the next run', () => {
    mkdirSync(at('empty'));
    const run = () => play({ lab: 'rate-limiting' }, at('empty'), place.path, { HOME: at('home') });
    const first = run();
    // The grade itself has nothing to grade here.
    expect(first.log).toContain('There is no labs.yaml');
    const kept = at('home/.cache/backend-labs-images/rate-limiting.tar');
    expect(existsSync(kept), first.log).toBe(true);
    expect(run().log).toMatch(/loaded|there already/i);
  });
});
