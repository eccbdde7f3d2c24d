import type { Finding, LabNeeds } from './finding.ts';
import type { Rights } from './machine.ts';
import { canRun, shownCommands } from './privilege.ts';
import { listed, type Verdict } from './verdict.ts';

type Style = (text: string) => string;

/** How to write for one terminal. */
export interface Page {
  width: number;
  glyphs: { passed: string; failed: string; errored: string; ellipsis: string };
  paint: Record<'bold' | 'dim' | 'green' | 'red' | 'yellow', Style>;
  /** Safe text, in the characters that the terminal draws. */
  clean(text: string): string;
  wrap(text: string, columns: number): string[];
  truncate(line: string, columns: number, ellipsis: string): string;
}

/** One line for each finding. */
export function tableLines(findings: readonly Finding[], page: Page): string[] {
  const titles = Math.max(0, ...findings.map(({ title }) => title.length));
  return findings.map((finding) => {
    const found = page.truncate(
      page.clean(finding.found),
      page.width - titles - 4,
      page.glyphs.ellipsis,
    );
    const tint = finding.state === 'ok' ? page.paint.dim : (text: string) => text;
    return `${markOf(finding, page)} ${finding.title.padEnd(titles)}  ${tint(found)}`;
  });
}

/** What is not well: what it means, for which labs, and what to do. */
export function problemLines(
  findings: readonly Finding[],
  labs: readonly LabNeeds[],
  rights: Rights,
  page: Page,
): string[] {
  return findings
    .filter(({ state }) => state !== 'ok')
    .flatMap((finding) => ['', ...problem(finding, labs, rights, page)]);
}

export function verdictLines({ all, sentence }: Verdict, { wrap, width, clean, paint }: Page) {
  const tint = all ? paint.green : paint.red;
  return wrap(clean(sentence), width).map((line) => paint.bold(tint(line)));
}

function problem(
  finding: Finding,
  labs: readonly LabNeeds[],
  rights: Rights,
  page: Page,
): string[] {
  const { title, found, meaning, fix, advice } = finding;
  const { clean, wrap, width, paint } = page;
  const [head = '', ...rest] = wrap(clean(`${title}: ${found}`), width - 2);
  const body = (text: string) => wrap(clean(text), width - 2).map((line) => `  ${line}`);
  const todo = fix?.description ?? advice;
  const asRoot = fix !== undefined && !canRun(fix, rights) ? ' (as root)' : '';
  return [
    `${markOf(finding, page)} ${paint.bold(head)}`,
    ...rest.map((line) => `  ${paint.bold(line)}`),
    ...body(`${meaning} ${concerns(finding, labs)}`.trim()),
    ...(todo === undefined ? [] : body(`What to do: ${todo}${asRoot}${fix ? ':' : '.'}`)),
    // Never broken: a terminal's own wrapping leaves a command whole for who copies it.
    ...(fix === undefined ? [] : shownCommands(fix, rights).map((line) => `    ${clean(line)}`)),
  ];
}

function concerns({ labs: ids, state }: Finding, labs: readonly LabNeeds[]): string {
  if (state !== 'missing' || ids.length === 0) return '';
  if (ids.length === labs.length && ids.length > 1) return 'No lab can be graded like this.';
  return `${listed(ids)} cannot be graded like this.`;
}

function markOf({ state }: Finding, { glyphs, paint }: Page): string {
  switch (state) {
    case 'ok':
      return paint.green(glyphs.passed);
    case 'warning':
      return paint.yellow(glyphs.errored);
    case 'missing':
      return paint.red(glyphs.failed);
  }
}
