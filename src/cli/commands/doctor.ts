import { listLabs } from '../../catalog/catalog.ts';
import { ExitCode, errorCode, interrupted, usageError } from '../../core/errors.ts';
import { examine } from '../../doctor/examine.ts';
import type { Finding, Fix, LabNeeds } from '../../doctor/finding.ts';
import type { Machine, Rights } from '../../doctor/machine.ts';
import { mend } from '../../doctor/mend.ts';
import { shownCommands } from '../../doctor/privilege.ts';
import { type Page, problemLines, tableLines, verdictLines } from '../../doctor/render.ts';
import { thisMachine } from '../../doctor/this-machine.ts';
import { judge } from '../../doctor/verdict.ts';
import { runCommand } from '../../platform/command.ts';
import type { Host } from '../../platform/host.ts';
import { createPage } from '../../reporters/terminal/page.ts';
import { terminalTraits } from '../../reporters/terminal/terminal-traits.ts';
import { truncate } from '../../reporters/terminal/width.ts';
import { wrap } from '../../reporters/terminal/wrap.ts';
import { builtInPack } from '../packs.ts';

export interface DoctorOptions {
  /** Run the commands that mend what is not well. */
  fix: boolean;
  /** Without asking before each. */
  yes: boolean;
  /** Ids of findings to mend; all where none is named. */
  only: readonly string[];
}

/** What this machine has for the labs, what is missing, what that means, and how to mend it. */
export async function doctorCommand(
  { fix, yes, only }: DoctorOptions,
  host: Host,
): Promise<number> {
  const [machine, labs] = await Promise.all([thisMachine(host), needsOfLabs(host)]);
  const report = reporter(host, labs, machine.rights);
  const look = (at: Machine) => examine(at, labs, host.doctorLimits?.allMs);
  const findings = await look(machine);
  refuseUnknown(only, findings);
  report.table(findings);
  const fixable = findings.some((finding) => finding.fix !== undefined);
  if (!fix || !fixable) return report.rest(findings, fixable);

  const mended = await mend({
    findings,
    rights: machine.rights,
    examine: async () => look(await thisMachine(host)),
    consent: async (finding, each) =>
      (only.length === 0 || only.includes(finding.id)) &&
      (yes || ask(finding, each, machine.rights, host)),
    run: (argv) => runShown(argv, host),
    say: (line) => host.stdout.write(`${line}\n`),
  });
  if (mended.unanswered) {
    report.rest(findings);
    throw usageError('Nothing was changed: there is no terminal to ask on.', {
      hint: '`labs doctor --fix --yes` runs these commands without asking.',
    });
  }
  if (mended.findings !== findings) {
    host.stdout.write('\nNow:\n');
    report.table(mended.findings);
  }
  return report.rest(mended.findings);
}

function refuseUnknown(only: readonly string[], findings: readonly Finding[]): void {
  const ids = findings.map(({ id }) => id);
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown === undefined) return;
  throw usageError(`--only ${unknown}: expected one of ${ids.join(', ')}.`);
}

async function needsOfLabs(host: Host): Promise<LabNeeds[]> {
  const entries = await listLabs([builtInPack(host)], host.cwd);
  return entries.map(({ manifest }) => ({
    id: manifest.id,
    services: Object.keys(manifest.services),
  }));
}

function reporter(host: Host, labs: readonly LabNeeds[], rights: Rights) {
  const page = pageOf(host);
  const write = (lines: readonly string[]) =>
    host.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return {
    table: (findings: readonly Finding[]) => write(tableLines(findings, page)),
    /** Problems and verdict; returns the exit code. */
    rest: (findings: readonly Finding[], offerFix = false) => {
      const verdict = judge(findings, labs);
      const offer = '`labs doctor --fix` runs these commands, and asks before each.';
      write([
        ...problemLines(findings, labs, rights, page),
        ...(offerFix ? ['', ...wrap(offer, page.width)] : []),
        '',
        ...verdictLines(verdict, page),
      ]);
      return verdict.all ? ExitCode.passed : ExitCode.environment;
    },
  };
}

function pageOf({ stdout, env, platform }: Host): Page {
  const { unicode } = terminalTraits(env, platform);
  const page = createPage({ width: stdout.columns, colors: stdout.colors, unicode });
  return { ...page, wrap, truncate, clean: (text) => page.clean(text, 2_000) };
}

async function ask(
  { title }: Finding,
  fix: Fix,
  rights: Rights,
  { ask: question, stdout, signal }: Host,
): Promise<boolean | undefined> {
  const commands = shownCommands(fix, rights).map((line) => `    ${line}\n`);
  const text = `\n${title}: ${fix.description}:\n${commands.join('')}Run it? [y/N] `;
  const answer = await question(text).catch((error: unknown) => {
    // readline takes Ctrl-C and Ctrl-D before they become a signal or an end.
    throw errorCode(error) === 'ABORT_ERR' ? interrupted() : error;
  });
  signal.throwIfAborted();
  if (answer === undefined) return undefined;
  const agreed = /^\s*y(es)?\s*$/i.test(answer);
  if (!agreed) stdout.write('Left alone.\n');
  return agreed;
}

async function runShown(argv: readonly string[], { env, signal, stdout }: Host) {
  const [file = '', ...args] = argv;
  const onOutput = (text: string) => stdout.write(text);
  const outcome = await runCommand(file, args, { env, signal, onOutput });
  signal.throwIfAborted();
  return outcome;
}
