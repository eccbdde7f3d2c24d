export interface Element {
  name: string;
  attributes: Record<string, string>;
  /** Of the element itself, as the parser understood it. */
  text: string;
}

interface Parser {
  on(event: 'error', handler: (error: Error) => void): void;
  on(event: 'text', handler: (text: string) => void): void;
  on(event: 'opentag', handler: (tag: Pick<Element, 'name' | 'attributes'>) => void): void;
  on(event: 'closetag', handler: () => void): void;
  write(text: string): Parser;
  close(): void;
}

// Imported so that the compiler does not see its types, which are broken under
// `exactOptionalPropertyTypes`.
const parserPackage: string = 'saxes';
const { SaxesParser } = (await import(parserPackage)) as { SaxesParser: new () => Parser };

/**
 * The elements of a document in its order. Throws at its first fault: saxes is as strict as XML 1.0
 * asks a parser to be.
 */
export function elementsOf(xml: string): Element[] {
  const parser = new SaxesParser();
  const all: Element[] = [];
  const open: Element[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: { ...attributes }, text: '' };
    all.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    if (open.length > 0) open.at(-1)!.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  return all;
}
