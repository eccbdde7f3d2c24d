import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCli } from '../../../src/cli/program.ts';
import type { Host, Output } from '../../../src/platform/host.ts';
import type { Ran } from '../../support/cli.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** A machine whose PATH is one directory; Node.js, disk, ports and npm's Postgres are the real ones. */
export interface Bench extends Disposable {
  readonly directory: string;
  readonly bin: string;
  /** A program on its PATH: lines for `sh`, which finds the bench's PATH in `$BIN`. */
  program(name: string, ...lines: string[]): void;
  /** What the programs wrote to `$LOG`, by line. */
  log(): string[];
  doctor(options?: DoctorOptions): Promise<Ran>;
}

export interface DoctorOptions {
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  isRoot?: boolean;
  /** To questions, in order; `\x03` is Ctrl-C. */
  answers?: string[];
  columns?: number;
  /** Root of the built-in pack. */
  pack?: string;
}

export function bench(): Bench {
  const directory = mkdtempSync(path.join(tmpdir(), 'labs-doctor-'));
  const bin = path.join(directory, 'bin');
  const log = path.join(directory, 'log');
  mkdirSync(bin);
  for (const name of ['sh', 'env']) {
    const real = ['/bin', '/usr/bin'].map((each) => path.join(each, name)).find(existsSync);
    symlinkSync(real!, path.join(bin, name));
  }
  const program: Bench['program'] = (name, ...lines) => {
    const file = path.join(bin, name);
    writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
    chmodSync(file, 0o755);
  };
  const doctor: Bench['doctor'] = async (options = {}) => {
    const stdout = captured(options.columns);
    const stderr = captured(options.columns);
    const host: Host = {
      cwd: directory,
      // No engine, unless told otherwise.
      env: {
        PATH: bin,
        BIN: bin,
        LOG: log,
        LANG: 'C.UTF-8',
        // It is there, whatever this machine has.
        LABS_FAKETIME: process.execPath,
        DOCKER_HOST: `unix://${directory}/none.sock`,
        ...options.env,
      },
      platform: process.platform,
      arch: process.arch,
      isRoot: options.isRoot ?? true,
      stdout,
      stderr,
      ask: async () => answered(options.answers?.shift()),
      signal: new AbortController().signal,
      directories: {
        package: options.pack ?? root,
        cache: directory,
        runs: directory,
        state: directory,
      },
      // A machine that is slow just now lacks nothing.
      doctorLimits: { allMs: 30_000, programMs: 30_000 },
    };
    const code = await runCli(['doctor', ...(options.args ?? [])], host);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  };
  return {
    directory,
    bin,
    program,
    doctor,
    log: () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function captured(columns = 80): Output & { text(): string } {
  let written = '';
  return {
    write: (text) => {
      written += text;
    },
    text: () => written,
    isTerminal: false,
    columns,
    colors: false,
  };
}

function answered(answer: string | undefined): string | undefined {
  // As readline does.
  if (answer === '\x03')
    throw Object.assign(new Error('Aborted with Ctrl+C'), { code: 'ABORT_ERR' });
  return answer;
}
