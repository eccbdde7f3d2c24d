import type { Findings } from '../../authoring/findings.ts';
import { flakeLines, gapLines, matrixLines } from '../../authoring/matrix/terminal.ts';
import { problemLines, rowsOf } from '../../authoring/render.ts';
import type { Host } from '../../platform/host.ts';
import { terminalTraits } from '../../reporters/terminal/terminal-traits.ts';
import { table } from '../table.ts';

const HEAD = ['', 'KIND', 'NAME', 'SCORE', 'TIME', 'AS EXPECTED'];
/** In a file or a log there is no edge. */
const WIDE = 200;

/** Prints what the results of one lab come to. */
export function showFindings(findings: Findings, { stdout, env, platform }: Host): void {
  const { lab, matrix } = findings;
  const width = stdout.isTerminal ? stdout.columns : WIDE;
  const marks = isUnicode(env, platform) || !stdout.isTerminal ? UNICODE : ASCII;
  const blocks = [
    [lab.id],
    table([HEAD, ...rowsOf(lab.results, marks)], width)
      .trimEnd()
      .split('\n'),
    problemLines(lab.results).slice(1),
    lab.whole && matrix.mutants.length > 0 ? matrixLines(findings, { width, ...marks }) : [],
    flakeLines(findings),
    gapLines(findings, marks.wrong),
  ];
  for (const lines of blocks) if (lines.length > 0) stdout.write(`\n${lines.join('\n')}\n`);
}

const UNICODE = { ok: '✔', wrong: '✘', dash: '–', bar: '▇', more: '…' };
const ASCII = { ok: '+', wrong: 'x', dash: '-', bar: '#', more: '..' };

function isUnicode(env: Host['env'], platform: Host['platform']): boolean {
  return terminalTraits(env, platform).unicode;
}
