import { Option } from 'commander';
import { REPORTERS } from './table.ts';

export function reporterOption(): Option {
  const description = 'who is to read the report, and the file; repeatable, pretty by default';
  return new Option('--reporter <name[=file]>', description)
    .argParser((value: string, previous: readonly string[]) => [...previous, value])
    .default([]);
}

/** What stands below the options: each reporter on a line. */
export function reportersHelp(): string {
  const all = Object.entries(REPORTERS);
  const width = Math.max(...all.map(([name]) => name.length));
  const lines = all.map(([name, { help, defaultFile }]) => {
    const place = defaultFile === undefined ? '' : ` (${defaultFile})`;
    return `  ${name.padEnd(width)}  ${help}${place}\n`;
  });
  return `\nReporters:\n${lines.join('')}`;
}
