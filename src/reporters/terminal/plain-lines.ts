import { createPage } from './page.ts';
import { permanentLine } from './permanent.ts';
import type { Screen } from './screen.ts';
import type { View } from './view.ts';

interface PlainOptions {
  unicode: boolean;
  log: boolean;
}

/** A line for each thing that is done, for a stream that is no terminal: no cursor is moved. */
export function createPlainView(screen: Screen, { unicode, log }: PlainOptions): View {
  const page = createPage({ width: screen.columns, colors: screen.colors, unicode });
  return {
    onEvent(event) {
      const line = permanentLine(event, page, { checks: true, log });
      if (line !== undefined) screen.write(`${line}\n`);
    },
    close() {},
  };
}
