import { escapeHtml } from '../../core/html.ts';
import { excerpt, plain } from '../../core/text.ts';

/** HTML that may stand in a page as it is. */
export class Markup {
  readonly source: string;

  /** @param source of our own writing: nothing of it is escaped */
  constructor(source: string) {
    this.source = source;
  }
}

/** Text is escaped and rid of control characters, whoever wrote it; nothing at all is left out. */
export type Child = Markup | string | number | false | undefined | readonly Child[];

/** A template of HTML: what is put into it is text, unless it came from another template. */
export function html(parts: TemplateStringsArray, ...children: readonly Child[]): Markup {
  return new Markup(
    parts.map((part, index) => (index === 0 ? '' : sourceOf(children[index - 1])) + part).join(''),
  );
}

function sourceOf(child: Child): string {
  if (child === undefined || child === false) return '';
  if (child instanceof Markup) return child.source;
  if (typeof child === 'string') return escapeHtml(plain(child));
  if (typeof child === 'number') return String(child);
  return child.map(sourceOf).join('');
}

/** Safe text of at most so many characters, with what was cut said. */
export function cut(text: string, maxChars: number): string {
  return excerpt(plain(text), maxChars);
}

/** The same on one line. */
export function line(text: string, maxChars = 300): string {
  return cut(text, maxChars).replace(/\s+/g, ' ').trim();
}

/** Words for people, in which `this` is code. */
export function prose(text: string, maxChars: number): Child {
  return cut(text, maxChars)
    .split(/`([^`\n]+)`/)
    .map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));
}
