import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../../src/apps/docker/languages/index.ts';
import { Scaffold } from '../../../src/authoring/new/scaffold.ts';
import { labs, root } from '../../support/cli.ts';

const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: root })];

/** Anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('a page', () => {
  it.each(pages)('%s links to what is there', (page) => {
    const text = read(page);
    const links = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/\]\(([^)\s]+)\)/g)];
    const broken = links
      .map(([, link]) => link!)
      .filter((link) => {
        if (/^[a-z]+:/.test(link)) return false;
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? page : path.join(path.dirname(page), file);
        if (!existsSync(path.join(root, target))) return true;
        return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
      });
    expect(broken).toEqual([]);
  });
});

describe('docs/languages.md', () => {
  const page = read('docs/languages.md');

  it('names the languages that there are', async () => {
    const inSandbox = LANGUAGES.flatMap(({ names }) => names).map((name) => `\`${name}\``);
    expect(page).toContain(`\`src/apps/docker/languages/\`: ${inSandbox.join(', ')} |`);
    const written = (await new Scaffold(root).languages()).map((name) => `\`${name}\``);
    expect(page).toContain(`\`scaffold/languages/\`: ${written.join(', ')} |`);
  });

  it('shows files as they are', () => {
    const shown = [...page.matchAll(/^```yaml\n# (\S+)\n([\s\S]*?)^```$/gm)];
    expect(shown.length).toBeGreaterThan(0);
    for (const [, file, text] of shown) expect(text).toBe(read(file!));
  });
});

describe('the brief of a lab', () => {
  const FILES = {
    typescript: /^src\/|\.ts$/,
    python: /^app\/|\.py$/,
  };

  it.each(globSync('labs/*', { cwd: root }))('%s names files that its templates have', (lab) => {
    const named = [...read(`${lab}/README.md`).matchAll(/`([\w./-]+)`/g)].map(([, name]) => name!);
    for (const [language, pattern] of Object.entries(FILES)) {
      const template = path.join(root, 'templates', path.basename(lab), language);
      const files = named.filter((name) => pattern.test(name));
      expect(files, `where to begin in ${language}`).not.toEqual([]);
      expect(files.filter((name) => !existsSync(path.join(template, name)))).toEqual([]);
    }
  });
});

describe('the options', () => {
  const where = { cwd: root, runs: path.join(root, 'none') };

  /** Of a command and those below it, by their help. */
  async function optionsOf(command: readonly string[]): Promise<string[]> {
    const { stdout } = await labs([...command, '--help'], where);
    const [own = '', below = ''] = stdout.split('\nCommands:\n');
    const names = [...below.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, name]) => name!);
    const deeper = names
      .filter((name) => name !== 'help')
      .map((name) => optionsOf([...command, name]));
    const options = [...own.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option!);
    return [...options, ...(await Promise.all(deeper)).flat()];
  }

  it('are on some page, each', async () => {
    const options = new Set(await optionsOf([]));
    expect([...options]).toEqual(expect.arrayContaining(['--only', '--no-dependencies', '--find']));
    const text = pages.map(read).join('\n');
    const common = ['--help', '--version'];
    expect(
      [...options].filter((option) => !common.includes(option) && !named(option, text)),
    ).toEqual([]);
  });

  const named = (option: string, text: string) => new RegExp(`${option}(?![\\w-])`).test(text);
});
