import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { CLASS, NOTES } from '../support/packs.ts';

/** npm, git and the compiler take their time on a busy machine. */

const place = scratch('packs');
const at = (...names: string[]) => path.join(place.path, ...names);
afterAll(() => place.remove());

/** From its source, in a process of its own: a grader in TypeScript is loaded by Node.js itself. */
const run = async (args: string[], cwd = at('work')) => {
  const env = { LABS_CACHE_DIR: at('cache') };
  return spawnLabs(args, { cwd, runs: at('runs'), env, source: true }).ended;
};

const page = () => readFileSync(at('work/labs-report.html'), 'utf8');
const report = (): Report => JSON.parse(readFileSync(at('report.json'), 'utf8'));
const grade = async (...args: string[]) => {
  const files = [`--reporter=json=${at('report.json')}`, '--reporter=pretty', '--reporter=html'];
  return run(['grade', '--trust', '--runtime=process', ...files, ...args]);
};

const solution = path.join(NOTES, 'test/solutions/notes/javascript');
/** What the pack's mutant does. */
const SHOWS_ALL = ['found === undefined || found.owner !== owner', 'found === undefined'] as const;

function put(app: string): void {
  mkdirSync(at('work'), { recursive: true });
  cpSync(solution, at('work'), { recursive: true });
  writeFileSync(at('work/server.js'), app);
}

beforeAll(() => {
  put(readFileSync(path.join(solution, 'server.js'), 'utf8'));
});

describe('a lab of a pack', () => {
  it('is started, and says how to go on', async () => {
    const { output, code } = await run(['start', 'notes', 'mine', '--pack', NOTES], place.path);
    expect(output).toContain(`npx labs grade --pack ${NOTES}`);
    expect(code).toBe(0);
  });

  it('is graded, with where it is from', async () => {
    const { code } = await grade('--pack', NOTES);
    const { fingerprint, notes, score } = report();
    expect(code).toBe(0);
    expect(score).toMatchObject({ earned: 2, max: 2 });
    expect(fingerprint.packs).toEqual([
      { pack: NOTES, version: '1.2.0', digest: fingerprint.labDigest, checks: ['creates-note'] },
    ]);
    expect(notes).toContain(`The lab notes is from the pack ${NOTES}, version 1.2.0.`);
  });

  it('runs from node_modules, its TypeScript too', async () => {
    cpSync(NOTES, at('work/node_modules/notes-pack'), { recursive: true });
    const { code, output } = await grade('--pack', 'notes-pack');
    expect(output).not.toContain('Warning');
    expect(code).toBe(0);
  });

  it('has this kit, whichever is installed beside it', async () => {
    const other = at('work/node_modules/backend-labs');
    mkdirSync(other, { recursive: true });
    const manifest = { name: 'backend-labs', type: 'module', exports: { './kit': './kit.js' } };
    writeFileSync(path.join(other, 'package.json'), JSON.stringify(manifest));
    writeFileSync(path.join(other, 'kit.js'), 'throw new Error("the kit of another version");');
    expect((await grade('--pack', 'notes-pack')).code).toBe(0);
  });

  it('is not known without its pack', async () => {
    const { code, output } = await grade();
    expect(code).toBe(2);
    expect(output).toContain('there is no lab "notes".');
    expect(output).toContain('For one of another pack, name that: --pack <pack>.');
  });
});

describe('checks that another pack adds', () => {
  const packs = ['--pack', NOTES, '--pack', CLASS];

  it('count with those of the lab', async () => {
    const { code } = await grade(...packs);
    const { score, stages, checks, fingerprint, notes } = report();
    expect(code).toBe(0);
    expect(score).toMatchObject({ earned: 10, max: 10 });
    expect(stages.map(({ id }) => id)).toEqual(['basics', 'class']);
    expect(checks.map(({ id, stage }) => [stage, id])).toEqual([
      ['basics', 'creates-note'],
      ['basics', 'reads-note'],
      ['class', 'keeps-secrets'],
    ]);
    expect(fingerprint.packs?.[1]).toMatchObject({
      pack: CLASS,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      checks: ['reads-note', 'keeps-secrets'],
    });
    expect(notes).toContain(`The pack ${CLASS} adds 2 checks to notes: 8 of its 10 points.`);
  });

  describe('with details that are withheld', () => {
    beforeAll(() => {
      put(readFileSync(at('work/server.js'), 'utf8').replace(...SHOWS_ALL));
    });

    it('fail without a word of how', async () => {
      const { code, output } = await grade(...packs, '--verbose');
      expect(code).toBe(1);
      const { checks } = report();
      expect(checks.at(-1)).toMatchObject({
        verdict: 'failed',
        hint: 'Ask whose note it is.',
        failure: { action: 'a hidden check', evidence: [] },
      });
      expect(output).toContain('created to read');
      expect(output).toContain('Wrote labs-report.html');
      expect(page()).toContain('the details are withheld');
      expect(`${output}${JSON.stringify(report())}${page()}`).not.toMatch(/seventh-seal|grace/);
    });

    it('are shown to who asks', async () => {
      await grade(...packs, '--reveal');
      expect(report().checks.at(-1)?.failure).toMatchObject({
        expected: 'status 404',
        actual: 'status 200',
      });
      expect(JSON.stringify(report().log)).toContain('seventh-seal');
      expect(report().checks.at(-1)?.timeline?.exchanges.length).toBeGreaterThan(1);
      expect(page()).toContain('seventh-seal');
    });
  });

  it('are refused where they would be left out', async () => {
    const { code, output } = await run([
      'grade',
      '--against',
      'http://localhost:1',
      '--lab',
      'crud-api',
      '--pack',
      CLASS,
    ]);
    expect(code).toBe(2);
    expect(output).toContain(`--pack ${CLASS}: it has nothing for the lab crud-api.`);
    expect(output).toContain('It has: notes.');
  });
});

describe('a pack inside of a workspace', () => {
  const foreign = () => {
    mkdirSync(at('foreign/node_modules'), { recursive: true });
    cpSync(solution, at('foreign'), { recursive: true });
    cpSync(NOTES, at('foreign/node_modules/notes-pack'), { recursive: true });
    return at('foreign');
  };

  it('is refused if that is not known as the user’s own', async () => {
    const { code, output } = await run(['grade', '--pack', 'notes-pack'], foreign());
    expect(code).toBe(2);
    expect(output).toContain('is part of a workspace, which is not known as yours.');
  });

  it('is refused through a link too', async () => {
    foreign();
    symlinkSync(at('foreign/node_modules/notes-pack'), at('linked'));
    const { code, output } = await run(['verify', '--pack', './linked'], place.path);
    expect(code).toBe(2);
    expect(output).toContain('is part of a workspace');
  });
});

describe('labs verify', () => {
  it('tries what the packs have, and checks the types of their graders', async () => {
    const { code, output } = await run(['verify', '--pack', NOTES, '--pack', CLASS], root);
    expect(output).toContain('caught by keeps-secrets');
    expect(output).toContain('caught by reads-note');
    expect(code).toBe(0);
  });

  it('refuses a grader whose types are wrong', async () => {
    cpSync(CLASS, at('mistyped'), { recursive: true });
    const file = at('mistyped/graders/notes/index.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replace('points: 5', "points: 5, point: '6'"));
    const { code, output } = await run(['verify', '--pack', NOTES, '--pack', at('mistyped')]);
    expect(output).toContain('graders/notes/index.ts(');
    expect(output).toContain("'point' does not exist");
    expect(code).toBe(1);
  });

  it('that is killed at the types leaves what labs clean removes', async () => {
    const runs = at('killed');
    const options = { cwd: root, runs, env: { LABS_CACHE_DIR: at('cache') }, source: true };
    const { child, ended } = spawnLabs(['verify', '--pack', NOTES], options);
    const made = () => (existsSync(runs) ? readdirSync(runs) : []);
    await expect.poll(made).toHaveLength(1);
    child.kill('SIGKILL');
    await ended;
    const { code, output } = await spawnLabs(['clean'], options).ended;
    expect(made()).toEqual([]);
    expect(code, output).toBe(0);
  });
});
