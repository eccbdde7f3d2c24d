import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { errorCode } from '../core/errors.ts';
import { draftName, type Maker, readDraftName, thisProcess } from './draft-name.ts';
import { isAlive } from './process-table.ts';

/** Names the variable by which a run's processes are found after a crash, whoever their parent is. */
export const RUN_VARIABLE = 'LABS_RUN';

/** So that a sweep takes nothing else for a run, should LABS_RUNS_DIR name a directory with other things. */
const PREFIX = 'run-';
const NAME = /^run-([a-z2-7]{10})$/;
/** A run that is being made. */
const DRAFT = /^\.run-([a-z2-7]{10})$/;

/** Whose run it is. What a run makes carries this, so that leftovers can be told from live ones. */
export interface RunOwner extends Maker {
  /** Milliseconds since the epoch. */
  startedAt: number;
}

export interface RunDirectory {
  /** Ten lower-case letters and digits. */
  readonly id: string;
  /** Absolute path; everything that the run writes is below it. */
  readonly path: string;
  readonly owner: RunOwner;
  /** Goes into the environment of every process that the run starts. */
  readonly marker: Readonly<Record<string, string>>;
  /** Removes the directory and all in it. */
  remove(): Promise<void>;
}

/** Makes the directory of a new run; it appears whole, with its owner in it, or not at all. */
export async function createRunDirectory(runs: string): Promise<RunDirectory> {
  const id = newRunId();
  const directory = path.join(runs, `${PREFIX}${id}`);
  const owner: RunOwner = { ...(await thisProcess()), startedAt: Date.now() };
  const draft = path.join(runs, draftName(`.${PREFIX}${id}`, owner));
  // Others must reach what is inside: Postgres runs as another user where we are root.
  await mkdir(draft, { recursive: true, mode: 0o755 });
  await writeFile(path.join(draft, 'owner.json'), JSON.stringify(owner));
  await rename(draft, directory);
  return {
    id,
    path: directory,
    owner,
    marker: { [RUN_VARIABLE]: id },
    remove: () => removeTree(directory),
  };
}

export interface FoundRun {
  id: string;
  path: string;
  /** Undefined where the record is unreadable. */
  owner: Maker | undefined;
  alive: boolean;
}

/** Every run that has a directory, dead or alive. What else is there is nobody's to remove. */
export async function findRuns(runs: string): Promise<FoundRun[]> {
  const names = await readdir(runs).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const found = names.map(async (name): Promise<FoundRun[]> => {
    const run = await readRun(runs, name);
    if (run === undefined) return [];
    const alive = run.owner !== undefined && (await isOwnerAlive(run.owner));
    return [{ ...run, path: path.join(runs, name), alive }];
  });
  return (await Promise.all(found)).flat();
}

/** Of another machine nothing is known: its runs count as alive, and are left alone. */
export async function isOwnerAlive(owner: Maker): Promise<boolean> {
  return owner.host !== hostname() || isAlive(owner);
}

export async function removeTree(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 3 });
}

async function readRun(runs: string, name: string) {
  const draft = readDraftName(name);
  const [, making] = DRAFT.exec(draft?.label ?? '') ?? [];
  if (draft !== undefined && making !== undefined) return { id: making, owner: draft.maker };
  const [, id] = NAME.exec(name) ?? [];
  return id === undefined ? undefined : { id, owner: await readOwner(path.join(runs, name)) };
}

async function readOwner(directory: string): Promise<RunOwner | undefined> {
  try {
    const owner = JSON.parse(await readFile(path.join(directory, 'owner.json'), 'utf8'));
    const { pid, started, host } = owner as Partial<RunOwner>;
    const whole = Number.isInteger(pid) && typeof started === 'string' && typeof host === 'string';
    return whole ? (owner as RunOwner) : undefined;
  } catch {
    return undefined;
  }
}

function newRunId(): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  return Array.from(randomBytes(10), (byte) => alphabet[byte & 31]).join('');
}
