import { setTimeout as sleep } from 'node:timers/promises';
import { AppStartError } from '../apps/port.ts';
import { LabsError } from '../core/errors.ts';
import type { Emit } from '../core/event.ts';
import type { CheckResult } from '../core/report.ts';
import type { OwnContext } from '../kit/context.ts';
import { type Check, infoOf, type Stage } from '../kit/grader.ts';
import type { CheckRun, Place } from './check-run.ts';
import { SharedLock } from './shared-lock.ts';
import { Slots } from './slots.ts';
import { startupFailure } from './startup-failure.ts';
import { isWithheld, withoutDetails } from './withheld.ts';
import type { World } from './world/world.ts';

export interface SchedulerOptions {
  stages: readonly Stage[];
  selected: ReadonlySet<string>;
  emit: Emit;
  /** How many own worlds may be at work at once. */
  worlds: number;
  /** True once no further check may begin: the run's deadline passed. */
  late: () => boolean;
  /** Where the checks of shared stages run. */
  shared: Place;
  /** Undefined where nothing but HTTP can be reached. */
  ownWorld: ((stage: Stage) => Promise<World>) | undefined;
  runCheck(stage: Stage, index: number, place: Place): Promise<CheckRun>;
}

/** More, and a busy machine makes an app miss deadlines of its own, which is not what is graded. */
const SHARED_AT_ONCE = 4;
/** A connection breaks a moment before the end of the process that held it is known. */
const END_IS_KNOWN_MS = 150;

/**
 * Runs each check as soon as those that it needs have passed: shared ones side by side, those of an
 * own world one after another, the worlds side by side.
 */
export async function runChecks(options: SchedulerOptions): Promise<CheckResult[]> {
  return new Scheduler(options).run();
}

/** What becomes of a check that was not tried. */
type Unstarted = Pick<CheckResult, 'verdict' | 'gradable' | 'skipped' | 'failure' | 'error'>;

class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #results = new Map<string, PromiseWithResolvers<CheckResult>>();
  readonly #sharedSlots = new Slots(SHARED_AT_ONCE);
  readonly #worldSlots: Slots;
  readonly #lock = new SharedLock();
  /** What broke the run: nothing begins any more. */
  #broken: { error: unknown } | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#worldSlots = new Slots(options.worlds);
    for (const stage of options.stages)
      for (const check of stage.checks) this.#results.set(check.id, Promise.withResolvers());
  }

  async run(): Promise<CheckResult[]> {
    const work = this.#options.stages.flatMap((stage) =>
      stage.world === 'own'
        ? [this.#ownStage(stage)]
        : stage.checks.map((_, index) => this.#sharedCheck(stage, index)),
    );
    // All are waited for, so that nothing is at work in a world that is being taken down.
    const outcomes = await Promise.allSettled(work.map((part) => part.catch((e) => this.#fail(e))));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return Promise.all([...this.#results.values()].map(({ promise }) => promise));
  }

  /** What waits for a result that will not come is let go. */
  #fail(error: unknown): never {
    this.#broken ??= { error };
    for (const { promise, reject } of this.#results.values()) {
      promise.catch(() => {});
      reject(error);
    }
    throw error;
  }

  async #sharedCheck(stage: Stage, index: number): Promise<void> {
    const obstacle = await this.#obstacle(stage, index);
    if (obstacle !== undefined) return this.#settle(stage, index, obstacle);
    await this.#sharedSlots.run(async () => {
      this.#settle(stage, index, await this.#tryShared(stage, index));
    });
  }

  /**
   * The app may go down while several checks use it. Which of them did it shows when each has the app
   * for itself; the others must not pay for it.
   */
  async #tryShared(stage: Stage, index: number): Promise<CheckRun | Unstarted> {
    const place = this.#options.shared;
    if (this.#options.late()) return outOfTime();
    if (!('world' in place)) return this.#try(stage, index, place);
    const { world } = place;
    let crashes = 0;
    const first = await this.#lock.together(async () => {
      // Another check's crash that came after its end, and that nobody saw.
      if (world.down) return undefined;
      crashes = world.crashes;
      return this.#try(stage, index, place);
    });
    if (first !== undefined && !(await wentDown(world, crashes, first))) return first;
    return this.#lock.alone(() => this.#tryAlone(stage, index, world));
  }

  async #tryAlone(stage: Stage, index: number, world: World): Promise<CheckRun | Unstarted> {
    this.#unlessBroken();
    if (this.#options.late()) return outOfTime();
    const obstacle = await heal(world);
    if (obstacle !== undefined) return obstacle;
    const again = await this.#try(stage, index, { world, again: true });
    await heal(world);
    return again;
  }

  async #ownStage(stage: Stage): Promise<void> {
    let world: World | undefined;
    let broken: Unstarted | undefined;
    for (const index of stage.checks.keys()) {
      const obstacle = await this.#obstacle(stage, index);
      if (obstacle !== undefined) {
        this.#settle(stage, index, obstacle);
        continue;
      }
      await this.#worldSlots.run(async () => {
        this.#unlessBroken();
        if (this.#options.late()) return this.#settle(stage, index, outOfTime());
        if (broken === undefined && world === undefined)
          [world, broken] = await this.#openWorld(stage);
        if (world === undefined) {
          this.#settle(stage, index, broken!);
          return;
        }
        // Mended before the check rather than after: the last one has nobody to mend for.
        const unhealed = await heal(world);
        this.#settle(stage, index, unhealed ?? (await this.#try(stage, index, { world })));
      });
    }
  }

  async #openWorld(stage: Stage): Promise<[World | undefined, Unstarted | undefined]> {
    try {
      return [await this.#options.ownWorld!(stage), undefined];
    } catch (error) {
      return [undefined, unstarted(error, 'start the app')];
    }
  }

  async #try(stage: Stage, index: number, place: Place): Promise<CheckRun> {
    this.#unlessBroken();
    this.#options.emit({ type: 'check:started', id: stage.checks[index]!.id });
    return this.#options.runCheck(stage, index, place);
  }

  #unlessBroken(): void {
    if (this.#broken !== undefined) throw this.#broken.error;
  }

  /** Why the check cannot be tried, once that is known. */
  async #obstacle(stage: Stage, index: number): Promise<Unstarted | undefined> {
    const { selected, ownWorld } = this.#options;
    const check = stage.checks[index]!;
    if (!selected.has(check.id)) return skipped('not asked for', false);
    if (stage.world === 'own' && ownWorld === undefined)
      return skipped('needs control of the app and its services', false);
    const needs = await Promise.all(
      (check.needs ?? []).map((id) => this.#results.get(id)!.promise),
    );
    const missing = needs.find(({ verdict }) => verdict !== 'passed');
    if (missing === undefined) return undefined;
    const became = missing.verdict === 'skipped' ? 'was skipped' : missing.verdict;
    return skipped(`needs ${missing.id}, which ${became}`, missing.gradable);
  }

  #settle(stage: Stage, index: number, outcome: CheckRun | Unstarted): void {
    const info = infoOf(stage, stage.checks[index] as Check<OwnContext>);
    const whole: CheckResult = {
      id: info.id,
      title: info.title,
      stage: info.stage,
      points: info.points,
      earned: outcome.verdict === 'passed' ? info.points : 0,
      needs: info.needs,
      hint: info.hint,
      reference: info.reference,
      durationMs: 0,
      ...outcome,
    };
    const result = isWithheld(stage) ? withoutDetails(whole) : whole;
    this.#options.emit({ type: 'check:finished', result });
    this.#results.get(info.id)!.resolve(result);
  }
}

function skipped(reason: string, gradable: boolean): Unstarted {
  return { verdict: 'skipped', skipped: reason, gradable };
}

function outOfTime(): Unstarted {
  return skipped('the run was out of time before it could begin', true);
}

/** Whether a check failed while a process of the app ended. */
async function wentDown(world: World, crashes: number, { verdict, failure }: CheckRun) {
  if (verdict !== 'failed') return false;
  const cut = failure?.evidence.some(
    (evidence) =>
      evidence.kind === 'exchange' &&
      ![undefined, 'timeout'].includes(evidence.exchange.error?.code),
  );
  const patience = performance.now() + (cut ? END_IS_KNOWN_MS : 0);
  while (world.crashes === crashes && performance.now() < patience) await sleep(10);
  return world.crashes > crashes;
}

async function heal(world: World): Promise<Unstarted | undefined> {
  try {
    await world.heal();
    return undefined;
  } catch (error) {
    return unstarted(error, 'start the app again');
  }
}

/** An app that does not come up is the learner's failure; services that do not are the machine's. */
function unstarted(error: unknown, action: string): Unstarted {
  if (error instanceof AppStartError)
    return { verdict: 'failed', gradable: true, failure: startupFailure(error, action) };
  if (!(error instanceof LabsError) || error.kind !== 'environment') throw error;
  const { message, hint } = error;
  return {
    verdict: 'errored',
    gradable: true,
    error: { kind: 'environment', message, ...(hint !== undefined && { detail: hint }) },
  };
}
