import { planCheck } from '../../../authoring/new/check.ts';
import { planMutant } from '../../../authoring/new/mutant.ts';
import { checkedId, checkedTitle, titleOf } from '../../../authoring/new/names.ts';
import { Scaffold } from '../../../authoring/new/scaffold.ts';
import { chosenSolution } from '../../../authoring/new/solutions.ts';
import { usageError } from '../../../core/errors.ts';
import type { Host } from '../../../platform/host.ts';
import { finish, packFlag } from '../../new/finish.ts';
import { intoStage, type StageOptions } from '../../new/into-stage.ts';
import { openLab } from '../../new/open-lab.ts';
import { answerTo } from '../../new/questions.ts';

export interface NewCheckOptions extends StageOptions {
  lab: string;
  id: string;
  title?: string;
  typescript: boolean;
  /** That the mutant is made of. */
  solution?: string;
  pack: readonly string[];
  dryRun: boolean;
}

/** A check to fill in, and the mutant that it is to catch. */
export async function newCheck(options: NewCheckOptions, host: Host): Promise<number> {
  const id = checkedId('a check', options.id);
  const { place, entry, lab, solutions } = await openLab(options.lab, options.pack, host);
  if (lab.checks.some((check) => check.id === id))
    throw usageError(`The lab ${options.lab} has a check ${id} already.`, {
      hint: 'Take another id: reports and `needs` name checks by it.',
    });
  const solution = chosenSolution(solutions, options.solution, options.lab);
  const title = await answerTo('Title?', options.title, titleOf(id), checkedTitle, host);
  const scaffold = new Scaffold(host.directories.package);
  const kind = options.typescript ? 'typescript' : 'yaml';
  const check = await planCheck(
    {
      lab: options.lab,
      id,
      title,
      readiness: entry.manifest.processes.web.readiness,
      first: lab.checks[0]!.id,
      kind,
      stage: await intoStage(options, id, kind, lab.grader, place),
    },
    place.root,
    scaffold,
    host.cwd,
  );
  const mutant = await planMutant(
    {
      lab: options.lab,
      id: `breaks-${id}`,
      solution,
      caughtBy: [id],
      fault: undefined,
      edit: undefined,
    },
    scaffold,
  );
  const flag = packFlag(place);
  return finish(
    {
      what: `the check ${id} of ${options.lab}, and a mutant for it to catch,`,
      plan: {
        files: new Map([...check.files, ...mutant.files]),
        changed: check.changed,
        todo: [...check.todo, ...mutant.todo],
      },
      place,
      dryRun: options.dryRun,
      next: [
        [`labs verify ${options.lab}${flag} --only ${solution.name}`, 'the solution passes it'],
        [`labs verify ${options.lab}${flag} --only breaks-${id}`, 'it catches the mutant'],
        [`labs verify ${options.lab}${flag}`, 'and nothing else has changed'],
      ],
    },
    host,
  );
}
