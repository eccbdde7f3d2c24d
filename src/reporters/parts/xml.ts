import { escapeXml } from './escape.ts';

type Attributes = Readonly<Record<string, string | number>>;

/** An element with other elements in it, or with text. */
export function element(
  name: string,
  attributes: Attributes,
  content: readonly string[] | string = [],
): string {
  const head = [name, ...Object.entries(attributes).map(attribute)].join(' ');
  if (typeof content === 'string') return `<${head}>${escapeXml(content)}</${name}>`;
  if (content.length === 0) return `<${head}/>`;
  return `<${head}>\n${content.join('\n').replace(/^(?= *<)/gm, '  ')}\n</${name}>`;
}

export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

/** A parser makes blanks of line ends and tabs in attributes, unless they are references. */
function attribute([name, value]: [string, string | number]): string {
  const text = escapeXml(String(value)).replace(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `${name}="${text}"`;
}
