import { IMAGE_LABEL, SUBMISSION } from '../../../docker/labels.ts';
import { listFiles } from '../context/files.ts';
import { packFiles } from '../context/pack.ts';
import { USER } from '../sandbox/profile.ts';
import { commit } from './commit.ts';
import { dependenciesImage } from './dependencies.ts';
import { WORKSPACE } from './directories.ts';
import { homeFiles } from './home.ts';
import { type BuildPlan, stepOf } from './plan.ts';
import { BUILD, runStep } from './step.ts';

/** Where a submission without a build step has nothing to run. */
const NOTHING = ['true'] as const;

/**
 * Makes the image of a submission: its dependencies, which are kept while what decides them stays as
 * it is, then its files, then what its build step makes of them.
 * @returns the image's name
 * @throws {AppStartError} a step failed
 * @throws {LabsError} `usage`: a file that is refused; `environment`
 */
export async function buildImage(plan: BuildPlan): Promise<string> {
  const { docker, submission, language, prefix, labels, progress, signal } = plan;
  const { directory, install, build } = submission;
  progress('reading the workspace');
  const files = await listFiles(directory, { keepInstalled: install === undefined });
  const image =
    install === undefined ? language.image : await dependenciesImage(plan, install, files);
  signal.throwIfAborted();
  progress(build === undefined ? 'copying the workspace' : build.join(' '));
  const container = await runStep(
    {
      ...stepOf(plan, 'build', build ?? NOTHING),
      image,
      bounds: BUILD,
      fill: async (made) => {
        await made.put(homeFiles());
        await made.put(packFiles(directory, files, { ...USER, prefix: `${WORKSPACE.slice(1)}/` }));
      },
    },
    signal,
  );
  const name = { repo: prefix, tag: 'submission' };
  await commit(docker, container.id, name, { ...labels, [IMAGE_LABEL]: SUBMISSION });
  await container.remove();
  return `${name.repo}:${name.tag}`;
}
