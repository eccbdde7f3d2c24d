import { refuseLanguage } from '../../../authoring/new/language.ts';
import { checkedId, checkedTitle, titleOf } from '../../../authoring/new/names.ts';
import { Scaffold, SERVICES, serviceSetOf } from '../../../authoring/new/scaffold.ts';
import { graderIdsOf, labIdsOf } from '../../../catalog/catalog.ts';
import { didYouMean } from '../../../catalog/nearest.ts';
import { quote } from '../../../catalog/quote.ts';
import { usageError } from '../../../core/errors.ts';
import type { Host } from '../../../platform/host.ts';
import { finish, packFlag } from '../../new/finish.ts';
import { type Place, placeFor } from '../../new/place.ts';
import { answerTo } from '../../new/questions.ts';

export interface NewLabOptions {
  lab: string;
  title?: string;
  language?: string;
  /** `postgres,redis`, or `none`. */
  services?: string;
  pack: readonly string[];
  dryRun: boolean;
}

/** A lab that verifies as it is: a service that keeps notes, its contract, checks, solution and mutants. */
export async function newLab(options: NewLabOptions, host: Host): Promise<number> {
  const { dryRun } = options;
  const id = checkedId('a lab', options.lab);
  const place = await placeFor(options.pack, host);
  await refuseTaken(id, place);
  const scaffold = new Scaffold(host.directories.package);
  const title = await answerTo('Title?', options.title, titleOf(id), checkedTitle, host);
  const languages = await scaffold.languages();
  const language = await answerTo(
    `Language (${languages.join(', ')})?`,
    options.language,
    'typescript',
    async (text) => {
      await refuseLanguage(text, scaffold);
      return text;
    },
    host,
  );
  const services = await answerTo(
    `Services (${SERVICES.join(', ')}; with a comma between them)?`,
    options.services,
    'none',
    servicesIn,
    host,
  );
  const lab = await scaffold.lab(id, title, language, serviceSetOf(services));
  const flag = packFlag(place);
  return finish(
    {
      what: `the lab ${id}`,
      plan: { files: lab, changed: new Map(), todo: [] },
      place,
      dryRun,
      next: [
        [`labs verify ${id}${flag}`, 'its solution has full marks, and each mutant is caught'],
        [`labs start ${id} my-${id}${flag}`, 'see it as a learner does'],
        [`labs new check ${id} my-check${flag}`, 'a check of your own'],
      ],
    },
    host,
  );
}

function servicesIn(text: string): string[] {
  const named = text === 'none' ? [] : text.split(',').map((name) => name.trim());
  const known: readonly string[] = SERVICES;
  const unknown = named.find((name) => !known.includes(name));
  if (unknown === undefined) return named;
  throw usageError(`There is no service ${quote(unknown)}${didYouMean(unknown, SERVICES) || '.'}`, {
    hint: `Name ${SERVICES.join(', ')}, or both with a comma between them; or none.`,
  });
}

/** @throws {LabsError} usage: a lab of this id would stand beside it, or something of it is there */
async function refuseTaken(id: string, { packs, root }: Place): Promise<void> {
  for (const pack of packs) {
    const ids = await labIdsOf(pack);
    const adds = pack.root === root && (await graderIdsOf(pack)).includes(id);
    if (ids.includes(id) || adds)
      throw usageError(`There is a lab ${id} already: it is of the pack ${pack.origin.pack}.`, {
        hint: 'Take another id. To add to it: `labs new check`, `labs new mutant`, `labs new language`.',
      });
  }
}
