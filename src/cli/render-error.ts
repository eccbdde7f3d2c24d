import { styleText } from 'node:util';
import {
  ExitCode,
  environmentError,
  errorCode,
  interrupted,
  LabsError,
  messageOf,
} from '../core/errors.ts';
import type { Host } from '../platform/host.ts';

/** Says what went wrong, and how to go on. Returns the exit code. */
export function renderError(error: unknown, host: Host): number {
  const { stderr } = host;
  const style = (format: 'red' | 'dim' | 'bold', text: string) =>
    stderr.colors ? styleText(format, text, { validateStream: false }) : text;
  const known = asLabsError(error, host);
  if (known === undefined) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr.write(
      `${style('red', 'labs has a bug:')} ${messageOf(error)}\n${style('dim', stack)}\n`,
    );
    return ExitCode.bug;
  }
  const lead = known.kind === 'bug' ? 'This lab or labs itself is at fault: ' : '';
  stderr.write(
    known.kind === 'interrupted'
      ? `${known.message}\n`
      : `${style('red', 'Error:')} ${lead}${known.message}\n`,
  );
  if (known.detail !== undefined) stderr.write(`${known.detail.replace(/^/gm, '  ')}\n`);
  if (known.hint !== undefined) stderr.write(`${style('bold', 'What to do:')} ${known.hint}\n`);
  return known.exitCode;
}

const MACHINE: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full',
  EDQUOT: 'Your quota on the disk is used up',
  EROFS: 'The disk cannot be written to',
  EMFILE: 'Too many files are open',
  ENFILE: 'Too many files are open on this machine',
  ENOMEM: 'The machine is out of memory',
};

/** A system error that says the machine has run out of something is not a bug of ours. */
function asLabsError(error: unknown, host: Host): LabsError | undefined {
  if (error instanceof LabsError) return error;
  if (host.signal.aborted) return interrupted();
  const what = MACHINE[errorCode(error) ?? ''];
  if (what === undefined) return undefined;
  return environmentError(`${what}: ${messageOf(error)}.`, {
    hint: 'Mend that, then run the command again; `labs doctor` shows what there is.',
    cause: error,
  });
}
