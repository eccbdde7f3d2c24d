import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import type { Command } from '../../../core/submission.ts';
import { DEPENDENCIES, IMAGE_LABEL } from '../../../docker/labels.ts';
import { digestOf } from '../context/digest.ts';
import type { ContextFile } from '../context/files.ts';
import { packFiles } from '../context/pack.ts';
import { wayToRegistry } from '../registry/way.ts';
import { USER } from '../sandbox/profile.ts';
import { commit } from './commit.ts';
import { WORKSPACE } from './directories.ts';
import { CERTIFICATES, extraCertificates, homeFiles } from './home.ts';
import { dependenciesTag, pruneDependencies } from './kept.ts';
import { type BuildPlan, stepOf } from './plan.ts';
import { INSTALL, runStep } from './step.ts';

/** Bumped when the same inputs come to give another image. */
const FORMAT = 1;

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
  const { docker, submission, language, options, signal, progress } = plan;
  const { directory } = submission;
  const read = (file: string) => readFile(path.join(directory, file), 'utf8');
  const inputs = (await language.installInputs(install, files, read)) ?? files;
  const base = await docker.getImage(language.image).inspect();
  const decides = [FORMAT, base.Id, install, plan.env, options.sandbox.install];
  const digest = createHash('sha256')
    .update(JSON.stringify(decides))
    .update(await digestOf(directory, inputs))
    .digest('hex');
  const name = dependenciesTag(digest);
  const image = `${name.repo}:${name.tag}`;
  if (await isPresent(docker, image)) return image;

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
          await made.put(
            packFiles(directory, inputs, { ...USER, prefix: `${WORKSPACE.slice(1)}/` }),
          );
        },
      },
      signal,
    );
    await commit(docker, container.id, name, { [IMAGE_LABEL]: DEPENDENCIES });
    await container.remove();
  } finally {
    await way.close();
  }
  await pruneDependencies(docker);
  return image;
}

async function isPresent(docker: Docker, image: string): Promise<boolean> {
  return docker
    .getImage(image)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}
