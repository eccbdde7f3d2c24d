import type { ManifestFile } from '../catalog/manifest-file.ts';
import type { Path } from '../catalog/yaml/document.ts';
import type { Problem } from '../catalog/yaml/problem.ts';
import type { Span } from '../catalog/yaml/source.ts';
import type { Command } from '../core/submission.ts';
import type { CommandLine, WorkspaceManifest } from '../core/workspace-manifest.ts';
import { type CommandFault, isCommand, splitCommand } from './argv.ts';
import type { ShellSyntax } from './shell-syntax.ts';

/** A command of labs.yaml, or what is wrong with it and where. */
export function parseCommand(
  manifest: ManifestFile<WorkspaceManifest>,
  path: Path,
  line: CommandLine,
): Command | Problem {
  if (typeof line === 'string') {
    const result = splitCommand(line);
    if ('command' in result) return result.command;
    return problemOf(manifest, path, line, result.fault);
  }
  const nul = line.findIndex((word) => word.includes('\0'));
  if (nul !== -1) {
    return { span: manifest.valueSpan([...path, nul]), message: 'an argument has a NUL character' };
  }
  if (isCommand(line)) return line;
  return { span: manifest.valueSpan([...path, 0]), message: 'the name of the program is empty' };
}

function problemOf(
  manifest: ManifestFile<WorkspaceManifest>,
  path: Path,
  line: string,
  fault: CommandFault,
): Problem {
  const span = within(manifest, path, line, fault);
  const name = path.join('.');
  switch (fault.kind) {
    case 'empty':
      return { span, message: `${name} has no program to run` };
    case 'quote':
      return { span, message: `a quote in ${name} is opened and not closed` };
    case 'nul':
      return { span, message: `${name} has a NUL character` };
    case 'shell':
      return { span, ...shellProblem(name, line, fault.syntax) };
  }
}

function shellProblem(name: string, line: string, { kind, text }: ShellSyntax) {
  const shell = `To have a shell, write ["sh", "-c", ${JSON.stringify(withExec(line.trim()))}]`;
  if (kind === 'setting') {
    const [variable = ''] = text.split('=', 1);
    return {
      message: `${name} begins with the setting ${text}, and no shell is there to read it`,
      hint:
        variable === 'PORT'
          ? 'Leave it out: the grader sets PORT, and your app listens on what it says.'
          : `Put it under env: as ${variable}: ${JSON.stringify(text.slice(variable.length + 1))}.`,
    };
  }
  if (kind === 'line') {
    return { message: `${name} has a second line, and only a shell runs two`, hint: `${shell}.` };
  }
  return {
    message: `${name} has ${text}, which only a shell understands, and no shell runs it`,
    hint: `${shell}; to mean the characters themselves, put them in single quotes.`,
  };
}

/** With the last program in the shell's place, so that SIGTERM reaches it. */
function withExec(line: string): string {
  const [, before = '', last = ''] = /^(.*(?:&&|;|\n)\s*)?(.*)$/s.exec(line) ?? [];
  return /^exec\s|[|]|^\s*$/.test(last) ? line : `${before}exec ${last}`;
}

/** The span of a part of a value, if the value stands in the file as it is; else the whole. */
function within(
  { source, valueSpan }: ManifestFile<WorkspaceManifest>,
  path: Path,
  line: string,
  part: Span | CommandFault,
): Span {
  const span = valueSpan(path);
  const index = 'index' in part ? part.index : part.offset;
  const start = source.text.slice(span.offset, span.offset + span.length).indexOf(line);
  return start === -1 ? span : { offset: span.offset + start + index, length: part.length };
}
