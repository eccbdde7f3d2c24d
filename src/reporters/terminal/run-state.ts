import type { Verdict } from '../../core/check.ts';
import type { RunEvent } from '../../core/event.ts';
import type { CheckResult } from '../../core/report.ts';

export interface Running {
  title: string;
  /** By the clock of the reporter, milliseconds. */
  since: number;
  /** What it waits for, or how far it is. */
  progress: string;
}

/** What a run is doing right now, as its events tell. */
export interface RunState {
  steps: ReadonlyMap<string, Running>;
  checks: ReadonlyMap<string, Running>;
  total: number;
  finished: number;
  verdicts: Readonly<Record<Verdict, number>>;
}

/** Never meant to be tried by this run: of no interest while it goes on. */
export function isUntried({ verdict, gradable }: CheckResult): boolean {
  return verdict === 'skipped' && !gradable;
}

export function trackRun(now: () => number): RunState & { apply(event: RunEvent): void } {
  const steps = new Map<string, Running>();
  const checks = new Map<string, Running>();
  const titles = new Map<string, string>();
  const verdicts = { passed: 0, failed: 0, skipped: 0, errored: 0 };
  const state = { steps, checks, verdicts, total: 0, finished: 0, apply };
  return state;

  function apply(event: RunEvent): void {
    switch (event.type) {
      case 'run:started':
        state.total = event.checks.length;
        for (const { id, title } of event.checks) titles.set(id, title);
        break;
      case 'step:started':
        steps.set(event.id, { title: event.title, since: now(), progress: '' });
        break;
      case 'step:progress': {
        const step = steps.get(event.id);
        if (step !== undefined) step.progress = event.text;
        break;
      }
      case 'step:finished':
        steps.delete(event.id);
        break;
      case 'check:started':
        checks.set(event.id, {
          title: titles.get(event.id) ?? event.id,
          since: now(),
          progress: '',
        });
        break;
      case 'check:finished':
        checks.delete(event.result.id);
        if (isUntried(event.result)) {
          state.total--;
          break;
        }
        verdicts[event.result.verdict]++;
        state.finished++;
        break;
    }
  }
}
