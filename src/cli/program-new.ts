import { type Command, Option } from 'commander';
import type { Host } from '../platform/host.ts';
import { collect } from './collect.ts';

/** `labs new` and what is below it. */
export function declareNew(program: Command, host: Host, done: (code: number) => void): void {
  const command = program
    .command('new')
    .description('make a lab that verifies as it is, or add to one')
    .argument('<lab>', 'its id: lower-case words joined by hyphens')
    .option('--title <title>', 'its heading; by default made of the id')
    .option('-l, --language <language>', 'of its template and solution; by default typescript')
    .option('--services <services>', 'postgres, redis, both with a comma between them, or none')
    .addOption(placeOption())
    .addOption(dryRunOption())
    .helpCommand(false)
    .enablePositionalOptions()
    .action(async (lab, options) => {
      const { newLab } = await import('./commands/new/lab.ts');
      done(await newLab({ lab, ...options }, host));
    });
  const declareOne = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .argument('<lab>', 'id of a lab')
      .addOption(placeOption())
      .addOption(dryRunOption());

  declareOne('check', 'a check to fill in, and a mutant for it to catch')
    .argument('<id>', 'of the check')
    .option('--title <title>', 'what holds when it passes; by default made of the id')
    .option('--typescript', 'in TypeScript; by default in checks.yaml', false)
    .option('--stage <stage>', 'that it goes into; a new one where the lab has none of this id')
    .addOption(new Option('--world <world>', 'of a new stage').choices(['shared', 'own']))
    .option('--hidden', 'in a stage whose details learners do not see', false)
    .option('--solution <name>', 'that the mutant is made of')
    .action(async (lab, id, options) => {
      const { newCheck } = await import('./commands/new/check.ts');
      done(await newCheck({ lab, id, ...options }, host));
    });
  declareOne('mutant', 'a solution with one fault, which a check must catch')
    .argument('<id>', 'of the mutant')
    .option('--solution <name>', 'that the fault is put into')
    .option('--caught-by <check>', 'that must fail; repeatable', collect, [])
    .option('--fault <sentence>', 'what is wrong with it')
    .option('--file <file>', 'in the solution, that is edited')
    .option('--find <text>', 'that stands in the file once')
    .option('--replace <text>', 'what stands there in the mutant')
    .action(async (lab, id, options) => {
      const { newMutant } = await import('./commands/new/mutant.ts');
      done(await newMutant({ lab, id, ...options }, host));
    });
  declareOne('language', 'a template and a solution in another language')
    .argument('<language>', 'typescript, javascript or python')
    .action(async (lab, language, options) => {
      const { newLanguage } = await import('./commands/new/language.ts');
      done(await newLanguage({ lab, language, ...options }, host));
    });
}

function placeOption(): Option {
  const description =
    'the pack to write to, a directory; made if it is not there. Those named before it are read';
  return new Option('--pack <directory>', description).argParser(collect).default([]);
}

function dryRunOption(): Option {
  return new Option('--dry-run', 'say what would be written, and write nothing').default(false);
}
