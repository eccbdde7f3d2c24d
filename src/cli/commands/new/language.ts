import { planLanguage, refuseLanguage } from '../../../authoring/new/language.ts';
import { Scaffold } from '../../../authoring/new/scaffold.ts';
import { findLab } from '../../../catalog/catalog.ts';
import { usageError } from '../../../core/errors.ts';
import type { Host } from '../../../platform/host.ts';
import { finish, packFlag } from '../../new/finish.ts';
import { placeFor } from '../../new/place.ts';

export interface NewLanguageOptions {
  lab: string;
  language: string;
  pack: readonly string[];
  dryRun: boolean;
}

/** A template and a solution in another language. */
export async function newLanguage(options: NewLanguageOptions, host: Host): Promise<number> {
  const { lab: id, language, dryRun } = options;
  const scaffold = new Scaffold(host.directories.package);
  await refuseLanguage(language, scaffold);
  const place = await placeFor(options.pack, host);
  const entry = await findLab(place.packs, id, { cwd: host.cwd });
  const own = place.packs.find(({ origin }) => origin === entry.origin);
  if (own?.root !== place.root)
    throw usageError(`The lab ${id} is of the pack ${entry.origin.pack}, not of this one.`, {
      hint: 'Templates are of the pack that the lab is in: name that with --pack.',
    });
  if (language in entry.paths.templates)
    throw usageError(`The lab ${id} has a template in ${language} already.`, {
      hint: `See templates/${id}/${language}.`,
    });
  const flag = packFlag(place);
  return finish(
    {
      what: `${language} for the lab ${id}`,
      plan: await planLanguage(entry, language, scaffold),
      place,
      dryRun,
      next: [
        [`labs verify ${id}${flag} --only ${language}`, 'the template and the solution'],
        [`labs start ${id} my-${id} --language ${language}${flag}`, 'see it as a learner does'],
      ],
    },
    host,
  );
}
