import type { Command } from '../core/submission.ts';
import { type ShellSyntax, shellSyntaxAt } from './shell-syntax.ts';

/** Why a string is no command, and where in it. */
export type CommandFault =
  | { kind: 'empty' | 'quote' | 'nul'; index: number; length: number }
  | { kind: 'shell'; index: number; length: number; syntax: ShellSyntax };

export type SplitResult = { command: Command } | { fault: CommandFault };

/**
 * Splits a command on blanks. Single quotes keep everything as it is; in double quotes a backslash
 * escapes `"`, `\` and `$`; outside it escapes any character. Nothing is expanded: what a shell
 * would have expanded or acted upon is a fault, since it would silently mean something else here.
 */
export function splitCommand(text: string): SplitResult {
  const words: string[] = [];
  let word: string | undefined;
  let quote: { mark: string; index: number } | undefined;
  for (let index = 0; index < text.length; index++) {
    const char = text.charAt(index);
    if (char === '\0') return { fault: { kind: 'nul', index, length: 1 } };
    if (char === quote?.mark) {
      quote = undefined;
      continue;
    }
    if (quote?.mark === "'") {
      word += char;
      continue;
    }
    if (escapes(text, index, quote !== undefined)) {
      word = (word ?? '') + text.charAt(++index);
      continue;
    }
    const syntax = shellSyntaxAt(text, index, {
      quoted: quote !== undefined,
      wordStart: word === undefined,
      firstWord: words.length === 0,
    });
    if (syntax !== undefined) {
      return { fault: { kind: 'shell', index, length: syntax.text.length, syntax } };
    }
    if (quote === undefined && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === undefined && (char === '"' || char === "'")) {
      quote = { mark: char, index };
      word ??= '';
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== undefined) return { fault: { kind: 'quote', index: quote.index, length: 1 } };
  if (word !== undefined) words.push(word);
  return isCommand(words)
    ? { command: words }
    : { fault: { kind: 'empty', index: 0, length: text.length } };
}

export function isCommand(words: readonly string[]): words is [string, ...string[]] {
  return words[0] !== undefined && words[0] !== '';
}

function escapes(text: string, index: number, quoted: boolean): boolean {
  if (text.charAt(index) !== '\\' || index + 1 === text.length) return false;
  return !quoted || '"\\$`'.includes(text.charAt(index + 1));
}
