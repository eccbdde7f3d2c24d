import type { Report } from '../../core/report.ts';
import { accountOf } from './account.ts';
import { evidenceOf } from './evidence.ts';
import { html, type Markup } from './markup.ts';

/** Why there was no app to try anything on. */
export function startupOf({ startup }: Report): Markup | undefined {
  if (startup === undefined) return undefined;
  return html`<section aria-labelledby="startup">
<h2 id="startup">Why it did not start</h2>
<div class="card"><div class="inside">${accountOf(startup)}${evidenceOf(startup, 0)}</div></div>
</section>`;
}
