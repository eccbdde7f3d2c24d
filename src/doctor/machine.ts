import type { CommandOutcome } from '../platform/command.ts';
import type { PackageManager } from './packages.ts';

/** What the checks ask of a machine. Every answer comes in bounded time, and is no exception. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** `x64`, `arm64`. */
  readonly arch: string;
  /** How commands come to run as root: we are, through sudo, or not at all. */
  readonly rights: Rights;
  /** Of the Node.js that runs labs: `24.21.0`. */
  readonly nodeVersion: string;
  /** Whose environment it is; for the group of the socket. */
  readonly userName: string;
  readonly directories: { readonly package: string; cache: string; runs: string };
  /** Whether systemd starts services here. */
  readonly hasSystemd: boolean;
  /** Undefined where none is known to labs, or it cannot be used as this user. */
  readonly packageManager: PackageManager | undefined;
  /** Absolute path of a program on PATH. */
  which(program: string): Promise<string | undefined>;
  /** Runs a program for what it says of itself; killed after a second. */
  run(file: string, ...args: readonly string[]): Promise<CommandOutcome>;
  space(directory: string): Promise<Space>;
  engine(): Promise<EngineState>;
  postgres(): Promise<PostgresState>;
  /** Absolute path of libfaketime. */
  faketime(): Promise<string | undefined>;
  /** Whether this process may listen on a port of the loopback; 0 is any that is free. */
  canListen(port: number): Promise<boolean>;
}

export type Rights = 'root' | 'sudo' | 'none';

/** Of the directory, or of the nearest one above it that there is. */
export interface Space {
  freeBytes: number;
  writable: boolean;
  /** Whether it is memory rather than a disk. */
  inMemory: boolean;
}

export type EngineState =
  | { answers: true; version: string; apiVersion: string; where: string }
  | {
      answers: false;
      /** Continues “no Docker engine answers: …”. */
      reason: string;
      trouble: EngineTrouble;
    };

/** `silent`: no useful answer; `named`: not there either, but the user chose the place. */
export type EngineTrouble = 'absent' | 'denied' | 'refused' | 'silent' | 'named';

/** The Postgres that npm installs. */
export type PostgresState =
  | { usable: true; version: string; where: string }
  | {
      usable: false;
      /** `absent`: npm left it out, or has none; `broken`: it does not start; `user`: whose server? */
      trouble: 'absent' | 'broken' | 'user';
      reason: string;
      hint?: string;
    };
