import { planMutant } from '../../../authoring/new/mutant.ts';
import { checkedId } from '../../../authoring/new/names.ts';
import { Scaffold } from '../../../authoring/new/scaffold.ts';
import { chosenSolution } from '../../../authoring/new/solutions.ts';
import { didYouMean } from '../../../catalog/nearest.ts';
import { quote } from '../../../catalog/quote.ts';
import { usageError } from '../../../core/errors.ts';
import type { Host } from '../../../platform/host.ts';
import { finish, packFlag } from '../../new/finish.ts';
import { openLab } from '../../new/open-lab.ts';
import { answerTo } from '../../new/questions.ts';

export interface NewMutantOptions {
  lab: string;
  id: string;
  solution?: string;
  caughtBy: readonly string[];
  fault?: string;
  file?: string;
  find?: string;
  replace?: string;
  pack: readonly string[];
  dryRun: boolean;
}

/** A solution with one fault, or the place for it. */
export async function newMutant(options: NewMutantOptions, host: Host): Promise<number> {
  const id = checkedId('a mutant', options.id);
  const edit = editIn(options);
  const { place, lab, solutions } = await openLab(options.lab, options.pack, host);
  const checks = lab.checks.map((check) => check.id);
  const first = chosenSolution(solutions, undefined, options.lab);
  const solution = await answerTo(
    `Solution (${solutions.map(({ name }) => name).join(', ')})?`,
    options.solution,
    first.name,
    (name) => chosenSolution(solutions, name, options.lab),
    host,
  );
  const caughtBy = await answerTo(
    'Caught by which check?',
    options.caughtBy.length === 0 ? undefined : options.caughtBy.join(','),
    checks.at(-1)!,
    (text) =>
      knownChecks(
        text.split(',').map((each) => each.trim()),
        checks,
        options.lab,
      ),
    host,
  );
  const plan = await planMutant(
    { lab: options.lab, id, solution, caughtBy, fault: options.fault, edit },
    new Scaffold(host.directories.package),
  );
  const flag = packFlag(place);
  return finish(
    {
      what: `the mutant ${id} of ${options.lab}`,
      plan,
      place,
      dryRun: options.dryRun,
      next: [
        [`labs verify ${options.lab}${flag} --only ${id}`, `caught by ${caughtBy.join(', ')}?`],
        [`labs verify ${options.lab}${flag} --quick`, 'which check catches which mutant'],
      ],
    },
    host,
  );
}

function editIn({ file, find, replace }: NewMutantOptions) {
  if (file === undefined && find === undefined && replace === undefined) return undefined;
  if (file === undefined || find === undefined || replace === undefined)
    throw usageError('--file, --find and --replace go together.', {
      hint: 'They name one edit; without all three, the edit is written into mutant.yaml by you.',
    });
  if (find === '' || find === replace)
    throw usageError('--find must be a text, and --replace another one.');
  return { file, find, replace };
}

function knownChecks(named: readonly string[], known: readonly string[], lab: string): string[] {
  const unknown = named.find((id) => !known.includes(id));
  if (unknown === undefined) return [...named];
  throw usageError(
    `The lab ${lab} has no check ${quote(unknown)}${didYouMean(unknown, known) || '.'}`,
    { hint: `It has: ${known.join(', ')}.` },
  );
}
