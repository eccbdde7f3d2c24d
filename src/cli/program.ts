import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ExitCode } from '../core/errors.ts';
import type { Host } from '../platform/host.ts';
import { version } from '../platform/version.ts';
import { collect } from './collect.ts';
import { declareNew } from './program-new.ts';
import { renderError } from './render-error.ts';
import { reporterOption, reportersHelp } from './reporters/option.ts';
import { inGithubActions, withoutCommands } from './reporters/workflow-console.ts';

/** Runs one command line. Resolves to its exit code; never rejects. */
export async function runCli(argv: readonly string[], given: Host): Promise<number> {
  const host = inGithubActions(given.env)
    ? { ...given, stderr: withoutCommands(given.stderr) }
    : given;
  let code: number = ExitCode.passed;
  const program = declare(host, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? ExitCode.passed : ExitCode.usage;
    return renderError(error, host);
  }
}

/** Declares; what a command does, and all that it imports, is loaded when it is called. */
function declare(host: Host, done: (code: number) => void): Command {
  const program = new Command('labs')
    .description('Hands-on backend labs with automated graders.')
    .version(version(host), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      getOutHelpWidth: () => host.stdout.columns,
      getErrHelpWidth: () => host.stderr.columns,
      getOutHasColors: () => host.stdout.colors,
      getErrHasColors: () => host.stderr.colors,
    })
    .showSuggestionAfterError()
    // An option is that of the command before it: `labs new` and what is below it have some alike.
    .enablePositionalOptions()
    .exitOverride();

  program
    .command('list')
    .description('list the labs')
    .option('--json', 'as JSON')
    .addOption(packOption())
    .action(async (options) => {
      const { list } = await import('./commands/list.ts');
      done(await list(options, host));
    });

  program
    .command('start')
    .description('copy a lab’s template into a new directory')
    .argument('<lab>', 'id of a lab, as `labs list` shows it')
    .argument(
      '[directory]',
      'a directory that does not exist yet or is empty; by default the lab’s id',
    )
    .option('-l, --language <language>', 'language of the template')
    .addOption(packOption())
    .addOption(
      new Option('--ci <system>', 'add what grades at every push').choices(['github', 'gitlab']),
    )
    .action(async (lab, directory, options) => {
      const { start } = await import('./commands/start.ts');
      done(await start({ lab, directory, ...options }, host));
    });

  program
    .command('grade')
    .description('grade the workspace you are in')
    .argument('[workspace]', 'a directory with a labs.yaml; by default this one or a parent')
    .addOption(providerOption())
    .addOption(serviceOption(OWN_SERVERS))
    .addOption(runtimeOption())
    .addOption(trustOption())
    .option('--against <url>', 'grade a server that runs already, from outside')
    .option('--lab <lab>', 'the lab, whatever the workspace says; with --against it needs none')
    .option('--minimum-score <percent>', 'what passes, instead of the lab’s own', percent)
    .addOption(packOption())
    .option('--reveal', 'show the details that a pack withholds from learners', false)
    .option('--only <check>', 'try this check and those it needs; repeatable', collect, [])
    .option('--seed <seed>', 'repeat a run with the same random data')
    .option('--all', 'show every failure in full', false)
    .option('--verbose', 'show what the app writes', false)
    .addOption(reporterOption())
    .option('--no-auto-reporter', 'not what GitHub Actions, GitLab CI or Gradescope would read')
    .addHelpText('after', reportersHelp())
    .action(async (workspace, options) => {
      const { gradeCommand } = await import('./commands/grade.ts');
      done(await gradeCommand({ workspace, ...options }, host));
    });

  program
    .command('report')
    .description('turn a stored report into another format')
    .argument('<report>', 'what `labs grade --reporter json=<file>` wrote')
    .addOption(reporterOption())
    .option('--all', 'show every failure in full', false)
    .option('--verbose', 'show bodies, headers and logs at length', false)
    .addHelpText('after', reportersHelp())
    .action(async (file, options) => {
      const { reportCommand } = await import('./commands/report.ts');
      done(await reportCommand({ file, ...options }, host));
    });

  program
    .command('compare')
    .description('say which checks of two stored reports differ, and whether it was the same exam')
    .argument('<a>', 'what `labs grade --reporter json=<file>` wrote')
    .argument('<b>', 'another')
    .option('--json', 'as JSON', false)
    .action(async (a, b, options) => {
      const { compareCommand } = await import('./commands/compare.ts');
      done(await compareCommand({ a, b, ...options }, host));
    });

  program
    .command('run')
    .description('run the app with its services, as the grader does, until Ctrl-C')
    .argument('[workspace]', 'a directory with a labs.yaml; by default this one or a parent')
    .addOption(providerOption())
    .addOption(serviceOption(OWN_SERVERS))
    .addOption(runtimeOption())
    .addOption(trustOption())
    .option('--port <port>', 'port of the app', '3000')
    .addOption(packOption())
    .action(async (workspace, options) => {
      const { runCommand } = await import('./commands/run.ts');
      done(await runCommand({ workspace, ...options }, host));
    });

  program
    .command('verify')
    .description('prove a lab’s grader: template, solutions and mutants')
    .argument('[lab...]', 'ids of labs; by default all')
    .addOption(
      new Option('--provider <provider>', 'where services run')
        .choices(['auto', 'docker', 'local'])
        .default('auto'),
    )
    .addOption(
      new Option('--runtime <runtime>', 'where the apps run')
        .choices(['process', 'docker'])
        .default('process'),
    )
    .addOption(packOption())
    .option('--only <subject>', 'a template, solution or mutant by name; repeatable', collect, [])
    .option('--quick', 'of a mutant, try only the checks that must catch it', false)
    .option('--repeat <times>', 'how often each is graded, with a new seed each time')
    .option('--seed <seed>', 'grade with this seed; repeatable', collect, [])
    .option('--load', 'keep every core busy meanwhile', false)
    .option('--jobs <count>', 'how many are graded side by side; by default what the load allows')
    .option('--json <file>', 'write the results to a file as well')
    .option(
      '--matrix <file>',
      'write which check catches which mutant, as .md or .html; repeatable',
      collect,
      [],
    )
    .option('--from <file>', 'show the results that --json wrote; grades nothing')
    .action(async (labs, options) => {
      const { verifyCommand } = await import('./commands/verify.ts');
      done(await verifyCommand({ labs, ...options }, host));
    });

  declareNew(program, host, done);
  declareImages(program, host, done);

  program
    .command('doctor')
    .description('say what this machine has for the labs, what is missing, and how to get it')
    .option('--fix', 'install what is missing', false)
    .option('-y, --yes', 'do not ask before installing', false)
    .option(
      '--only <what>',
      'mend only this: engine, postgres, redis, clock; repeatable',
      collect,
      [],
    )
    .action(async (options) => {
      const { doctorCommand } = await import('./commands/doctor.ts');
      done(await doctorCommand(options, host));
    });

  program
    .command('clean')
    .description('remove what runs left behind that were killed')
    .option('--service <name=url>', 'clean a server of yours too', collect, [])
    .option('--cache', 'remove the cache and the images with dependencies as well', false)
    .action(async (options) => {
      const { cleanCommand } = await import('./commands/clean.ts');
      done(await cleanCommand(options, host));
    });

  return program;
}

function declareImages(program: Command, host: Host, done: (code: number) => void): void {
  const images = program
    .command('images')
    .description('make a machine ready that will be offline: all that grading in Docker needs')
    .helpCommand(false);
  const declareOne = (name: string, description: string) =>
    images.command(name).description(description);
  const labsOf = (command: Command) =>
    command
      .argument('[lab...]', 'ids of labs; by default all')
      .option('--no-dependencies', 'without what the templates install');

  labsOf(declareOne('list', 'what the labs need, and what of it is there')).action(
    async (labs, options) => {
      const { listCommand } = await import('./commands/images/list.ts');
      done(await listCommand({ labs, ...options }, host));
    },
  );
  labsOf(declareOne('pull', 'get what is not there, while there is a network')).action(
    async (labs, options) => {
      const { pullCommand } = await import('./commands/images/pull.ts');
      done(await pullCommand({ labs, ...options }, host));
    },
  );
  labsOf(
    declareOne('save', 'write them to a file').argument(
      '<file>',
      'a tar; gzipped where its name ends in .gz',
    ),
  )
    .option('-f, --force', 'overwrite the file', false)
    .action(async (file, labs, options) => {
      const { saveCommand } = await import('./commands/images/save.ts');
      done(await saveCommand({ file, labs, ...options }, host));
    });
  declareOne('load', 'take them from a file')
    .argument('<file>', 'what `labs images save` wrote')
    .action(async (file) => {
      const { loadCommand } = await import('./commands/images/load.ts');
      done(await loadCommand({ file }, host));
    });
}

function providerOption(): Option {
  return new Option('--provider <provider>', 'where Postgres and other services run')
    .choices(['auto', 'docker', 'local', 'external'])
    .default('auto');
}

function runtimeOption(): Option {
  return new Option('--runtime <runtime>', 'where the app runs; docker is a sandbox')
    .choices(['auto', 'process', 'docker'])
    .default('auto');
}

function packOption(): Option {
  const description =
    'labs or checks from elsewhere, code that runs with your rights: a directory, a package of npm or a git URL; repeatable';
  return new Option('--pack <pack>', description).argParser(collect).default([]);
}

function trustOption(): Option {
  const description = 'this workspace is yours: run it with your rights, now and later';
  return new Option('--trust', description).default(false);
}

function percent(value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number >= 0 && number <= 100) return number;
  throw new InvalidArgumentError('Expected a number from 0 to 100.');
}

const OWN_SERVERS =
  'servers of yours, for all that the lab needs: postgres=postgres://user@host/db, ' +
  'redis=redis://:password@host; repeatable';

function serviceOption(description: string): Option {
  return new Option('--service <name=url>', description).argParser(collect).default([]);
}
