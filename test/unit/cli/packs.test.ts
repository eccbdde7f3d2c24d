import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { draftName, thisProcess } from '../../../src/platform/draft-name.ts';
import { labs, scratch } from '../../support/cli.ts';
import { CLASS, NOTES, repositoryOf } from '../../support/packs.ts';

/** npm, git and the compiler take their time on a busy machine. */

const place = scratch('packs');
afterAll(() => place.remove());

const at = (...names: string[]) => path.join(place.path, ...names);
const directory = (name: string, files: Record<string, string> = {}) => {
  mkdirSync(at(name), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(at(name, file)), { recursive: true });
    writeFileSync(at(name, file), text);
  }
  return at(name);
};

/** The name of a draft whose maker is gone, though another process has its number now. */
const abandoned = async () => draftName('.draft-0123', { ...(await thisProcess()), started: '1' });

async function list(packs: readonly string[], cwd = place.path, env: Record<string, string> = {}) {
  const args = packs.flatMap((pack) => ['--pack', pack]);
  const ran = await labs(['list', '--json', ...args], {
    cwd,
    env,
    runs: at('runs'),
    cache: at('cache'),
  });
  const found = ran.code === 0 ? (JSON.parse(ran.stdout) as Listed[]) : [];
  return { ...ran, notes: found.find(({ id }) => id === 'notes') };
}

interface Listed {
  id: string;
  origin: string;
  checksAddedBy: string[];
}

describe('a directory', () => {
  test('has its labs listed, with where they are from', async () => {
    const { stdout, stderr } = await labs(['list', '--pack', NOTES, '--pack', CLASS], {
      cwd: place.path,
      runs: at('runs'),
    });
    expect(stderr).toBe(`Pack ${NOTES}, version 1.2.0: ${NOTES}\nPack ${CLASS}: ${CLASS}\n`);
    expect(stdout).toContain(`notes is from ${NOTES}; checks are added by ${CLASS}.`);
  });

  test('adds checks to the lab of another', async () => {
    cpSync(CLASS, at('class'), { recursive: true });
    const { notes } = await list([NOTES, './class']);
    expect(notes).toMatchObject({ origin: NOTES, checksAddedBy: ['./class'] });
  });

  test('with checks for no lab that is known says so', async () => {
    const { stderr, code } = await list([CLASS]);
    expect(code).toBe(0);
    expect(stderr).toContain(`${CLASS} has checks for notes, and no lab here is called so.`);
  });

  test.each([
    ['./nothing', /there is no directory .*\/nothing\.\n.*taken from where you are/],
    ['./runs', /runs is no pack\.\n.*has the folder labs\//],
  ])('%s is refused', async (pack, message) => {
    directory('runs');
    const { code, stderr } = await list([pack]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('that is named twice is refused', async () => {
    symlinkSync(NOTES, at('again'));
    const { code, stderr } = await list([NOTES, './again']);
    expect(code).toBe(2);
    expect(stderr).toContain('--pack ./again: this is the pack');
  });
});

describe('a package of npm', () => {
  test('is that of the project', async () => {
    cpSync(NOTES, at('project/node_modules/notes-pack'), { recursive: true });
    const { notes, stderr } = await list(['notes-pack'], directory('project/deep'));
    expect(notes?.origin).toBe('notes-pack');
    expect(stderr).toContain('Pack notes-pack, version 1.2.0: ');
  });

  test('is never a directory that is called so', async () => {
    cpSync(NOTES, at('notes-pack'), { recursive: true });
    const { code, stderr } = await list(['notes-pack']);
    expect(code).toBe(2);
    expect(stderr).toContain('no package notes-pack is installed here');
    expect(stderr).toContain('For the directory write --pack ./notes-pack.');
  });

  test('is installed from a tarball, and runs no script', async () => {
    cpSync(NOTES, at('packed'), { recursive: true });
    const manifest = {
      name: 'notes-pack',
      version: '2.0.0',
      type: 'module',
      scripts: { preinstall: `touch ${at('ran')}`, postinstall: `touch ${at('ran')}` },
    };
    writeFileSync(at('packed/package.json'), JSON.stringify(manifest));
    const npm = { cwd: place.path, encoding: 'utf8' } as const;
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', './packed'], npm);
    const { notes, stderr } = await list(['notes-pack@file:./notes-pack-2.0.0.tgz']);
    expect(stderr).toContain('version 2.0.0');
    expect(notes?.origin).toBe('notes-pack@file:./notes-pack-2.0.0.tgz');
    expect(readdirSync(place.path)).not.toContain('ran');
  });

  test('is what it is now, where no exact version is named', async () => {
    cpSync(NOTES, at('changing'), { recursive: true });
    const first = await list(['notes-pack@file:./changing']);
    const manifest = { name: 'notes-pack', version: '3.0.0', type: 'module' };
    writeFileSync(at('changing/package.json'), JSON.stringify(manifest));
    const second = await list(['notes-pack@file:./changing']);
    expect(first.stderr).toContain('version 1.2.0: ');
    expect(second.stderr).toContain('version 3.0.0: ');
    expect((await list(['notes-pack@file:./changing'])).stderr).toBe(second.stderr);
  });

  test('that cannot be had leaves nothing, and says what npm said', async () => {
    const { code, stderr } = await list(['notes-pack@file:./nothing.tgz']);
    expect(code).toBe(3);
    expect(stderr).toContain('npm could not install it.');
    expect(stderr).toContain('ENOENT');
    expect(readdirSync(at('cache/packs/npm')).filter((name) => name.includes('nothing'))).toEqual(
      [],
    );
  });

  test('takes away what an installation left that was killed', async () => {
    cpSync(NOTES, at('later'), { recursive: true });
    const draft = directory(`cache/packs/npm/${await abandoned()}`, { 'package.json': '{}' });
    expect((await list(['notes-pack@file:./later'])).code).toBe(0);
    expect(existsSync(draft)).toBe(false);
  });

  test('of another name is refused', async () => {
    cpSync(NOTES, at('other'), { recursive: true });
    const { code, stderr } = await list(['class-pack@file:./other']);
    expect(stderr).toContain('the package that it leads to is called "notes-pack".');
    expect(code).toBe(2);
  });
});

describe('a repository', () => {
  const repository = repositoryOf(NOTES, directory('repository'));

  test.each(['', '#main', '#v1', `#${repository.commit}`])(
    'is checked out by its commit: %s',
    async (ref) => {
      const { notes, stderr } = await list([`${repository.url}${ref}`]);
      expect(stderr).toContain(`commit ${repository.commit.slice(0, 12)}: `);
      expect(notes?.origin).toBe(`${repository.url}${ref}`);
    },
  );

  test('is fetched once for a commit', async () => {
    const gone = repositoryOf(NOTES, directory('gone'));
    const byCommit = `${gone.url}#${gone.commit}`;
    expect((await list([byCommit])).code).toBe(0);
    rmSync(at('gone'), { recursive: true });
    expect((await list([byCommit])).code).toBe(0);
    const again = await list([gone.url]);
    expect(again.code).toBe(3);
    expect(again.stderr).toContain('git could not fetch it.');
  });

  test('takes away what a fetch left that was killed', async () => {
    const { url, commit } = repositoryOf(NOTES, directory('killed'));
    const [, checkout = ''] = /: (.*)\n$/.exec((await list([url])).stderr) ?? [];
    expect(path.basename(checkout)).toBe(commit);
    rmSync(checkout, { recursive: true });
    const draft = path.join(path.dirname(checkout), await abandoned());
    mkdirSync(draft);
    expect((await list([url])).code).toBe(0);
    expect(existsSync(draft)).toBe(false);
    expect(existsSync(checkout)).toBe(true);
  });

  test.each([
    ['#v2', 'the repository has no branch and no tag v2.'],
    [`#${'0'.repeat(40)}`, `the repository does not give the commit ${'0'.repeat(40)}.`],
  ])('has no %s', async (ref, message) => {
    const { code, stderr } = await list([`${repository.url}${ref}`]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  test('runs no hook and fetches no submodule', async () => {
    const hooks = directory('hooks', { 'post-checkout': `#!/bin/sh\ntouch ${at('hooked')}\n` });
    execFileSync('chmod', ['+x', path.join(hooks, 'post-checkout')]);
    const config = directory('config', {
      gitconfig: `[core]\n  hooksPath = ${hooks}\n[submodule]\n  recurse = true\n`,
    });
    const source = directory('source', {
      'graders/notes/index.ts': 'throw new Error("never loaded");',
      '.gitmodules': `[submodule "x"]\n  path = x\n  url = ext::touch ${at('hooked')}\n`,
    });
    const { url } = repositoryOf(source, directory('hooked-repository'));
    const env = { GIT_CONFIG_GLOBAL: path.join(config, 'gitconfig') };
    expect((await list([url], place.path, env)).code).toBe(0);
    expect(readdirSync(place.path)).not.toContain('hooked');
  });
});
