import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];
export type Style = (text: string) => string;

export interface Paint {
  bold: Style;
  dim: Style;
  green: Style;
  red: Style;
  yellow: Style;
  cyan: Style;
}

/** Styles go on last, on one line at a time: layout measures text without them. */
export function createPaint(colors: boolean): Paint {
  // The stream is not asked: the caller has decided, and a test has no terminal.
  const style =
    (format: Format): Style =>
    (text) =>
      colors && text !== '' ? styleText(format, text, { validateStream: false }) : text;
  return {
    bold: style('bold'),
    dim: style('dim'),
    green: style('green'),
    red: style('red'),
    yellow: style('yellow'),
    cyan: style('cyan'),
  };
}
