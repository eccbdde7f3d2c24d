import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { NOTES } from '../support/packs.ts';

const place = scratch('docs');
afterAll(() => place.remove());

/** What a page shows with the name of its file in the first line, as a pack. */
function packOf(page: string): string {
  const pack = path.join(place.path, page);
  const text = readFileSync(path.join(root, 'docs', page), 'utf8');
  for (const [, code, file] of text.matchAll(/```\w+\n((?:#|\/\/) (\S+\/\S+)\n[\s\S]*?)```/g)) {
    mkdirSync(path.dirname(path.join(pack, file!)), { recursive: true });
    writeFileSync(path.join(pack, file!), code!);
  }
  return pack;
}

it.each([
  ['packs.md', ['keeps-owners-apart']],
  ['yaml-checks.md', ['note-can-be-read']],
])('the examples of %s pass a right solution and fail the template', async (page, checks) => {
  const pack = packOf(page);
  const grade = async (app: string) => {
    const workspace = path.join(place.path, `${page}-${path.basename(path.dirname(app))}`);
    cpSync(path.join(NOTES, app), workspace, { recursive: true });
    const report = path.join(workspace, 'report.json');
    const { output } = await spawnLabs(
      [
        ...['grade', '--trust', '--runtime=process', `--reporter=json=${report}`],
        ...['--pack', NOTES, '--pack', pack],
      ],
      { cwd: workspace, runs: path.join(place.path, 'runs'), source: true },
    ).ended;
    expect(output).toContain(`Pack ${pack}: `);
    return JSON.parse(readFileSync(report, 'utf8')) as Report;
  };
  const right = await grade('test/solutions/notes/javascript');
  expect(right.outcome).toBe('passed');
  expect(right.fingerprint.packs?.[1]?.checks).toEqual(checks);
  expect(right.checks.every(({ verdict }) => verdict === 'passed')).toBe(true);
  const wrong = await grade('templates/notes/javascript');
  expect(wrong.outcome).toBe('failed');
});
