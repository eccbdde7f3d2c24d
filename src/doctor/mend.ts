import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandOutcome } from '../platform/command.ts';
import type { Finding, Fix } from './finding.ts';
import type { Rights } from './machine.ts';
import { canRun, runnableCommands, shownCommands } from './privilege.ts';

export interface MendOptions {
  findings: readonly Finding[];
  rights: Rights;
  /** Looks at the machine anew. */
  examine(): Promise<Finding[]>;
  /** Undefined where nobody can answer. */
  consent(finding: Finding, fix: Fix): Promise<boolean | undefined>;
  /** Runs a command with its output shown. */
  run(argv: readonly string[]): Promise<CommandOutcome>;
  say(line: string): void;
}

export interface Mended {
  findings: readonly Finding[];
  /** Nobody could be asked; nothing was done. */
  unanswered: boolean;
}

/** What was installed may have to be started, and then be allowed to this user. */
const ROUNDS = 3;
const POLL_MS = 250;

/** Runs the fixes that are agreed to, each once, and looks again after each round. */
export async function mend(options: MendOptions): Promise<Mended> {
  const offered = new Set<string>();
  let { findings } = options;
  for (let round = 0; round < ROUNDS; round += 1) {
    const done: Finding[] = [];
    for (const finding of findings) {
      const { fix } = finding;
      if (fix === undefined || offered.has(JSON.stringify(fix.command))) continue;
      offered.add(JSON.stringify(fix.command));
      const outcome = await offer(finding, fix, options);
      if (outcome === 'unanswered') return { findings, unanswered: true };
      if (outcome === 'worked') done.push(finding);
    }
    if (done.length === 0) break;
    findings = await settle(done, options);
  }
  return { findings, unanswered: false };
}

type Outcome = 'unanswered' | 'left' | 'failed' | 'worked';

async function offer(finding: Finding, fix: Fix, options: MendOptions): Promise<Outcome> {
  const { rights, say } = options;
  if (!canRun(fix, rights)) {
    say(`${finding.title}: left alone, because it takes root, and there is no sudo here.`);
    return 'left';
  }
  const agreed = await options.consent(finding, fix);
  if (agreed === undefined) return 'unanswered';
  if (!agreed) return 'left';
  return (await runAll(fix, options)) ? 'worked' : 'failed';
}

/** A list of packages that could not be refreshed in part is often good enough: the last decides. */
async function runAll(fix: Fix, { rights, run, say }: MendOptions): Promise<boolean> {
  const shown = shownCommands(fix, rights);
  let worked = false;
  for (const [index, argv] of runnableCommands(fix, rights).entries()) {
    say(`\n$ ${shown[index]}`);
    const outcome = await run(argv);
    worked = outcome.started && outcome.exitCode === 0;
    if (!worked) say(`It did not work: ${whatHappened(outcome)}.`);
  }
  return worked;
}

function whatHappened(outcome: CommandOutcome): string {
  if (!outcome.started) return outcome.message;
  return outcome.exitCode === undefined
    ? 'it was stopped by a signal'
    : `it ended with exit code ${outcome.exitCode}`;
}

/** A daemon takes a moment from its start until it answers. */
async function settle(
  done: readonly Finding[],
  { examine }: MendOptions,
): Promise<readonly Finding[]> {
  const until = performance.now() + Math.max(...done.map(({ fix }) => fix?.settleMs ?? 0));
  const awaited = done.filter(({ fix }) => fix?.settleMs !== undefined).map(({ id }) => id);
  for (;;) {
    const findings = await examine();
    const settled = findings.every(({ id, state }) => state === 'ok' || !awaited.includes(id));
    if (settled || performance.now() >= until) return findings;
    await sleep(POLL_MS);
  }
}
