import { environmentError, type LabsError, usageError } from '../core/errors.ts';
import type { AnsweringEngine, Engine } from '../docker/engine.ts';
import type { RuntimeKind } from './port.ts';

export interface Situation {
  asked: 'auto' | RuntimeKind;
  /** `labs start` made the workspace here, or the user said before that it is theirs. */
  own: boolean;
  /** The user says it now. */
  trusted: boolean;
  /** The workspace as messages show it. */
  workspace: string;
  /** Asked only where its answer matters: it may take its time. */
  findEngine(): Promise<Engine>;
}

export type ChosenRuntime = { kind: 'process' } | { kind: 'docker'; engine: AnsweringEngine };

export interface RuntimeChoice {
  runtime: ChosenRuntime;
  /** A sentence for people, where they did not choose it. */
  why?: string;
  /** Whether to remember that the workspace is the user's. */
  remember: boolean;
}

/**
 * Picks where a workspace's app runs. As a process it has the user's rights, so that is for what is
 * their own; all else runs in the sandbox, or not at all.
 *
 * @throws {LabsError} `usage`: it would have the user's rights, and is not known to be theirs;
 *   `environment`: Docker was asked for, and no engine answers
 */
export async function chooseRuntime(situation: Situation): Promise<RuntimeChoice> {
  const { asked, own, trusted, workspace } = situation;
  if (asked !== 'docker' && (own || trusted))
    return { runtime: { kind: 'process' }, remember: !own };
  if (asked === 'process')
    throw notYours(
      workspace,
      'Let it run in a sandbox, with --runtime docker; or, if it is yours, add --trust once.',
    );
  const engine = await situation.findEngine();
  if (asked === 'docker') {
    if (engine.answers) return { runtime: { kind: 'docker', engine }, remember: false };
    const without = own ? '--runtime process' : '--runtime process --trust';
    throw environmentError(`No Docker engine answers: ${engine.reason}.`, {
      hint: `Start Docker; or, if the workspace is yours, run it without: ${without}. “labs doctor” shows more.`,
    });
  }
  if (engine.answers)
    return {
      runtime: { kind: 'docker', engine },
      why: `The app runs in a sandbox in Docker, since ${workspace} is not a workspace that was made here; if it is yours, --trust runs it as a process.`,
      remember: false,
    };
  throw notYours(
    workspace,
    `If it is yours, add --trust once. If not, start Docker, and it runs in a sandbox; now no engine answers (${engine.reason}).`,
  );
}

function notYours(workspace: string, hint: string): LabsError {
  return usageError(
    `${workspace} is not a workspace that was made here: its code would run with your rights.`,
    { hint },
  );
}
