import type { CheckInfo, Reference } from '../core/check.ts';
import type { OwnContext, SharedContext } from './context.ts';
import type { Random } from './random.ts';

/** The checks of a lab, in the order in which a learner should read them. */
export interface Grader {
  /** The lab's id, as in its manifest. */
  readonly lab: string;
  readonly stages: readonly Stage[];
  /** Settings for every app that the lab starts, the shared one too. */
  readonly env?: Settings;
  /** How many of each process run in every world, the shared one too; 1 where nothing is said. */
  readonly instances?: Readonly<Record<string, number>>;
}

/**
 * Variables of the app: limits, windows, secrets. A function is given random data of its own, the
 * same for the same seed, so that no constant in a submission can be right:
 * `env: (random) => ({ RATE_LIMIT: String(random.integer(5, 9)) })`. Checks read them in `env`.
 */
export type Settings = SettingValues | ((random: Random) => SettingValues);

export type SettingValues = Readonly<Record<string, string>>;

/**
 * Checks that belong together, and the world in which they run.
 *
 * - `shared`: one app and one database for all shared stages. Checks run side by side, so each
 *   makes its own data and is not surprised by that of others.
 * - `own`: an app and a database that no other stage touches. Its checks run one after another, and
 *   may count statements, break the network, stop and kill the app; what they break is mended
 *   before the next.
 */
export type Stage = StageOf<'shared', SharedContext> | StageOf<'own', OwnContext>;

export interface StageOf<World extends string, Context> {
  readonly id: string;
  readonly title: string;
  readonly world: World;
  readonly checks: readonly Check<Context>[];
  /** Settings for this stage's app, over those that every app gets; only in an own world. */
  readonly env?: World extends 'own' ? Settings : never;
  /** How many of each process run, where not as many as in every world; only in an own world. */
  readonly instances?: World extends 'own' ? Readonly<Record<string, number>> : never;
  /**
   * Processes whose wall clock is off, by name (`web.2`), and by how many milliseconds it is ahead;
   * negative: behind. Their timers and timeouts are true. Only in an own world.
   *
   * Programs that ask the kernel themselves (Go, or what is linked statically) see the true time:
   * a check must pass for these too.
   */
  readonly clocks?: World extends 'own' ? Readonly<Record<string, number>> : never;
  /**
   * Keeps from the report what its checks sent, got and expected, and what the app wrote meanwhile.
   * Id, title, points, hint and reference stay: they are written for the learner's eyes. Only in an
   * own world, since the log of a shared one would tell.
   */
  readonly details?: World extends 'own' ? 'withheld' : never;
}

export interface Check<Context> {
  readonly id: string;
  readonly title: string;
  readonly points: number;
  readonly needs?: readonly string[];
  readonly hint: string;
  readonly reference: Reference;
  /** Half a minute where nothing is said: each request has a bound of its own, and machines are busy. */
  readonly timeoutMs?: number;
  /**
   * Tries the behaviour. Returns if it holds; a matcher or a client throws `CheckFailure` if not.
   * Anything else that it throws is a fault of the grader: the verdict is then `errored`.
   */
  run(context: Context): Promise<void>;
}

export const DEFAULT_CHECK_TIMEOUT_MS = 30_000;

export function defineGrader(grader: Grader): Grader {
  return grader;
}

/** One stage; a grader keeps each in a file of its own. */
export function defineStage(stage: StageOf<'shared', SharedContext>): Stage;
export function defineStage(stage: StageOf<'own', OwnContext>): Stage;
export function defineStage(stage: Stage): Stage {
  return stage;
}

/** What the rest of labs knows of a check. */
export function infoOf(stage: Stage, check: Check<never>): CheckInfo {
  return {
    id: check.id,
    title: check.title,
    points: check.points,
    stage: stage.id,
    needs: check.needs ?? [],
    hint: check.hint,
    reference: check.reference,
    timeoutMs: check.timeoutMs ?? DEFAULT_CHECK_TIMEOUT_MS,
  };
}
