import type { Report } from '../../../../src/core/report.ts';

/** Sets a global wherever a browser would run any of it; moves a terminal's cursor and turns text round. */
export const POISON = [
  '</script><script>window.ran=1</script>',
  '--></title></style></textarea></pre></svg><img src=x onerror="window.ran=1">',
  `"'><svg onload=window.ran=1><a href="javascript:window.ran=1">x</a>`,
  '<base href="http://127.0.0.1:9/"><meta http-equiv="refresh" content="0;url=javascript:window.ran=1">',
  '{{constructor.constructor("window.ran=1")()}}',
  '\x1b[31m\x1b]8;;javascript:window.ran=1\x07\u202e\u2066\u0000\u200b\r\ud800',
].join('');

/** Words of the format's own, which no program of a learner's can choose. */
const CLOSED = new Set(['format', 'verdict', 'kind', 'stream', 'outcome', 'startedAt']);

/** The report with each of its texts, names and ids poisoned, before and behind. */
export function poisoned(report: Report): Report {
  return poison(report, '') as Report;
}

function poison(value: unknown, key: string): unknown {
  if (typeof value === 'string') return CLOSED.has(key) ? value : poisonedText(value, key);
  if (Array.isArray(value)) return value.map((item) => poison(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      key === 'services' ? `${name}${POISON}` : name,
      poison(child, name),
    ]),
  );
}

function poisonedText(text: string, key: string): string {
  if (key === 'url')
    return text.startsWith('https:') ? `javascript:window.ran=1//${POISON}` : `${text}${POISON}`;
  return `${POISON}${text}${POISON}`;
}
