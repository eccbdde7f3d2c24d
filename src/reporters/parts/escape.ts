import { escapeHtml } from '../../core/html.ts';

/** For the content and the quoted attributes of an XML 1.0 document. */
export function escapeXml(text: string): string {
  // https://www.w3.org/TR/xml/#charsets: no reference can stand for these.
  const invalid = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu;
  return escapeHtml(text.replace(invalid, '\ufffd'));
}

/**
 * For text within a line of GitHub Flavored Markdown, in a cell of a table too: nothing in it is
 * taken up, neither HTML nor links, names (`@`), issues (`#`) or formulas (`$`).
 */
export function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/\s+/g, ' ')
      // These are looked for in what was rendered, so that no escape stops it; a word joiner does.
      .replace(/@(?=\w)|#(?=\d)|:(?=\/\/)|\bwww(?=\.)/gi, '$&\u2060')
      .replace(/[\\`*_[\]~$]/g, '\\$&')
      .replace(/[&<>|]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  );
}

/** A block of code that the text cannot end: its fence is longer than any run of backticks in it. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** For what follows the `::` of a workflow command of GitHub Actions. */
export function escapeCommandData(text: string): string {
  return text.replace(/[%\r\n]/g, percent);
}

/** For a property of such a command, as its title. */
export function escapeCommandProperty(text: string): string {
  return text.replace(/[%\r\n:,]/g, percent);
}

function percent(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
