import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  forgetGoneWorkspaces,
  isOwnWorkspace,
  rememberWorkspace,
} from '../../../src/workspace/trust.ts';
import { scratch } from '../../support/cli.ts';

let place: ReturnType<typeof scratch>;
let state: string;
beforeEach(() => {
  // On a disk: memory does not give the inode of what went to what comes next.
  place = scratch('trust', tmpdir());
  state = below('state');
});
afterEach(() => place.remove());

const below = (...names: string[]) => path.join(place.path, ...names);
const entries = () => readdirSync(below('state/workspaces'));

function workspace(name: string): string {
  mkdirSync(below(name));
  writeFileSync(below(name, 'labs.yaml'), 'lab: crud-api');
  return below(name);
}

describe('a workspace is one’s own', () => {
  it('when it was remembered, and not before', async () => {
    const mine = workspace('mine');
    expect(await isOwnWorkspace(state, mine)).toBe(false);
    await rememberWorkspace(state, mine);
    expect(await isOwnWorkspace(state, mine)).toBe(true);
    expect(await isOwnWorkspace(state, workspace('other'))).toBe(false);
  });

  it('by whatever way one comes to it', async () => {
    symlinkSync(workspace('mine'), below('link'));
    await rememberWorkspace(state, below('link'));
    expect(await isOwnWorkspace(state, below('mine'))).toBe(true);
    expect(await isOwnWorkspace(state, below('link'))).toBe(true);
  });

  it('whatever is done in it', async () => {
    const mine = workspace('mine');
    await rememberWorkspace(state, mine);
    writeFileSync(path.join(mine, 'new.ts'), '');
    rmSync(path.join(mine, 'labs.yaml'));
    chmodSync(mine, 0o700);
    expect(await isOwnWorkspace(state, mine)).toBe(true);
  });

  it('when many are remembered at once', async () => {
    const all = Array.from({ length: 20 }, (_, i) => workspace(`w${i}`));
    await Promise.all([...all, ...all].map((each) => rememberWorkspace(state, each)));
    for (const each of all) expect(await isOwnWorkspace(state, each)).toBe(true);
    expect(entries()).toHaveLength(20);
  });
});

describe('a workspace is a stranger’s', () => {
  beforeEach(async () => {
    await rememberWorkspace(state, workspace('mine'));
  });

  it('in another place: what is inside of it, or around', async () => {
    mkdirSync(below('mine/inner'));
    expect(await isOwnWorkspace(state, below('mine/inner'))).toBe(false);
    expect(await isOwnWorkspace(state, place.path)).toBe(false);
  });

  it('when it is a copy', async () => {
    cpSync(below('mine'), below('copy'), { recursive: true, preserveTimestamps: true });
    expect(await isOwnWorkspace(state, below('copy'))).toBe(false);
  });

  it('when it was moved, until it is back', async () => {
    renameSync(below('mine'), below('moved'));
    expect(await isOwnWorkspace(state, below('moved'))).toBe(false);
    renameSync(below('moved'), below('mine'));
    expect(await isOwnWorkspace(state, below('mine'))).toBe(true);
  });

  it('when it came to the place of one’s own, even with its inode', async () => {
    rmSync(below('mine'), { recursive: true });
    workspace('mine');
    expect(await isOwnWorkspace(state, below('mine'))).toBe(false);
    await rememberWorkspace(state, below('mine'));
    expect(await isOwnWorkspace(state, below('mine'))).toBe(true);
    expect(entries()).toHaveLength(1);
  });

  it('when a link to it was bent', async () => {
    symlinkSync(workspace('theirs'), below('link'));
    expect(await isOwnWorkspace(state, below('link'))).toBe(false);
  });
});

describe('a record', () => {
  const file = () => below('state/workspaces', entries()[0]!);

  beforeEach(async () => {
    await rememberWorkspace(state, workspace('mine'));
  });

  it.each(['', '{', 'null', '[]', '{"path":1}', '\0'])(
    'that is broken is none: %j',
    async (text) => {
      writeFileSync(file(), text);
      expect(await isOwnWorkspace(state, below('mine'))).toBe(false);
      await rememberWorkspace(state, below('mine'));
      expect(await isOwnWorkspace(state, below('mine'))).toBe(true);
      expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ path: below('mine') });
    },
  );

  it('that others could write to counts for nothing', async () => {
    chmodSync(below('state/workspaces'), 0o777);
    expect(await isOwnWorkspace(state, below('mine'))).toBe(false);
    await expect(rememberWorkspace(state, below('mine'))).rejects.toMatchObject({
      kind: 'environment',
      hint: expect.stringContaining('LABS_STATE_DIR'),
    });
  });

  it.runIf(process.getuid?.() === 0)(
    'of another user counts for nothing (needs root)',
    async () => {
      chownSync(below('state/workspaces'), 65_534, 65_534);
      expect(await isOwnWorkspace(state, below('mine'))).toBe(false);
    },
  );

  it('that cannot be written is the machine’s fault', async () => {
    writeFileSync(below('file'), '');
    await expect(rememberWorkspace(below('file'), below('mine'))).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining(`Cannot write to ${below('file')}`),
    });
  });
});

describe('what is gone is forgotten', () => {
  it('and what is there is not', async () => {
    for (const name of ['mine', 'gone']) await rememberWorkspace(state, workspace(name));
    rmSync(below('gone'), { recursive: true });
    writeFileSync(below('state/workspaces/notes.txt'), 'not ours');
    await forgetGoneWorkspaces(state);
    expect(await isOwnWorkspace(state, below('mine'))).toBe(true);
    expect(entries()).toHaveLength(2);
    expect(entries()).toContain('notes.txt');
  });

  it('and what cannot be read goes too', async () => {
    await rememberWorkspace(state, workspace('mine'));
    writeFileSync(below('state/workspaces', entries()[0]!), '{');
    await forgetGoneWorkspaces(state);
    expect(entries()).toEqual([]);
  });

  it('nothing is there where nothing was remembered', async () => {
    await forgetGoneWorkspaces(state);
  });
});
