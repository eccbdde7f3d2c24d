import type { Report } from '../../core/report.ts';
import { accountLines } from './failure.ts';
import { BRIEF, VERBOSE } from './limits.ts';
import type { Page } from './page.ts';
import { rule } from './rule.ts';

/** Why there was no app to try anything on; it stands for the table, in which nothing was tried. */
export function startupLines({ startup }: Report, page: Page, verbose: boolean): string[] {
  if (startup === undefined) return [];
  const account = accountLines(startup, undefined, page, verbose ? VERBOSE : BRIEF);
  return [rule('The app did not start', page), '', ...account];
}
