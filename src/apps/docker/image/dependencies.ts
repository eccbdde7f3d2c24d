import type { Command } from '../../../core/submission.ts';
import { findImage } from '../../../docker/image.ts';
import { DEPENDENCIES, IMAGE_LABEL } from '../../../docker/labels.ts';
import type { ContextFile } from '../context/files.ts';
import { wayToRegistry } from '../registry/way.ts';
import { USER } from '../sandbox/profile.ts';
import { commit } from './commit.ts';
import { inArchive, WORKSPACE } from './directories.ts';
import { CERTIFICATES, extraCertificates, homeFiles } from './home.ts';
import { pruneDependencies } from './kept.ts';
import { type BuildPlan, stepOf } from './plan.ts';
import { recipeOf } from './recipe.ts';
import { INSTALL, runStep } from './step.ts';

/**
 * An image with what the install step brings. It is made of nothing but what decides the step, so
 * that all who have the same can share it.
 * @throws {AppStartError} the step failed
 */
export async function dependenciesImage(
  plan: BuildPlan,
  install: Command,
  files: readonly ContextFile[],
): Promise<string> {
  const { docker, language, options, signal, progress } = plan;
  const { name, pack } = await recipeOf(plan, install, files);
  const image = `${name.repo}:${name.tag}`;
  if ((await findImage(docker, image)) !== undefined) return image;

  progress(install.join(' '));
  const certificates = await extraCertificates(options.env);
  const way = await wayToRegistry(plan, language, certificates !== undefined);
  try {
    const container = await runStep(
      {
        // Not as the container's variables: the image would keep them.
        ...stepOf(plan, 'install', ['env', ...way.variables, ...install], way.network),
        shown: install.join(' '),
        image: language.image,
        bounds: INSTALL,
        remark: way.remark,
        fill: async (made) => {
          await made.put(homeFiles({ [CERTIFICATES]: certificates }));
          await made.put(pack({ ...USER, prefix: inArchive(WORKSPACE) }));
        },
      },
      AbortSignal.any([signal, way.lost]),
    );
    await commit(docker, container.id, name, { [IMAGE_LABEL]: DEPENDENCIES });
    await container.remove();
  } finally {
    await way.close();
  }
  await pruneDependencies(docker);
  return image;
}
