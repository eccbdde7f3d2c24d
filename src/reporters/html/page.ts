import { createHash } from 'node:crypto';
import type { Report } from '../../core/report.ts';
import { repeatable } from '../repeatable.ts';
import { checksOf } from './checks.ts';
import { erroredOf } from './errored.ts';
import { failuresOf } from './failures.ts';
import { headerOf, heroOf } from './hero.ts';
import { iconOf } from './icon.ts';
import { html, line, Markup } from './markup.ts';
import { runOf } from './run.ts';
import { SCRIPT } from './script.ts';
import { startupOf } from './startup.ts';
import { STYLE } from './style.ts';

/** The report as one page that needs no other file, and in which no text of others can do anything. */
export function htmlReport(original: Report): string {
  const report = repeatable(original);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="${iconOf(report)}">
<title>${titleOf(report)}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${headerOf(report)}
<main>
${heroOf(report)}
${startupOf(report)}
${erroredOf(report)}
${failuresOf(report)}
${checksOf(report)}
${runOf(report)}
</main>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.source;
}

/** Our script and our style by their hashes, and the icon; nothing else is run, loaded or sent. */
const POLICY = [
  "default-src 'none'",
  `script-src '${hashOf(SCRIPT)}'`,
  `style-src '${hashOf(STYLE)}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function titleOf({ lab, outcome, score, startup }: Report): string {
  const result =
    startup !== undefined
      ? 'Not started'
      : outcome === 'incomplete'
        ? 'Not a grade'
        : `${score.earned}/${score.max}`;
  return `${result} · ${line(lab.title)}`;
}
