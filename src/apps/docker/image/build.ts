import { ensureImage } from '../../../docker/image.ts';
import { IMAGE_LABEL, SUBMISSION } from '../../../docker/labels.ts';
import { clockFiles } from '../clock.ts';
import { type ContextFile, listFiles } from '../context/files.ts';
import { packFiles } from '../context/pack.ts';
import { languageOf } from '../languages/index.ts';
import { USER } from '../sandbox/profile.ts';
import { commit } from './commit.ts';
import { dependenciesImage } from './dependencies.ts';
import { inArchive, WORKSPACE } from './directories.ts';
import { buildFromDockerfile, DOCKERFILE } from './dockerfile.ts';
import { languageEnvironment } from './environment.ts';
import { homeFiles } from './home.ts';
import { type BuildPlan, type ImagePlan, stepOf } from './plan.ts';
import { BUILD, runStep } from './step.ts';

export interface SubmissionImage {
  name: string;
  /** Where its commands run; undefined where the image itself says. */
  directory: string | undefined;
  /** What every process finds in its environment. */
  env: Readonly<Record<string, string>>;
  /** Directories that a Dockerfile declares as volumes. */
  volumes: readonly string[];
}

/** Where a submission without a build step has nothing to run. */
const NOTHING = ['true'] as const;

/**
 * Makes the image of a submission: its dependencies, which are kept while what decides them stays as
 * it is, then its files, then what its build step makes of them.
 * @throws {AppStartError} a step failed
 * @throws {LabsError} `usage`: a file that is refused; `environment`
 */
export async function buildImage(plan: ImagePlan): Promise<SubmissionImage> {
  const { submission, options, progress } = plan;
  const { directory, install } = submission;
  progress('reading the workspace');
  const own = options.sandbox.dockerfile;
  const files = await listFiles(directory, { keepInstalled: install === undefined || own });
  if (own && files.some(({ path, kind }) => path === DOCKERFILE && kind === 'file'))
    return buildFromDockerfile(plan, files);
  return buildFromLanguage(plan, files);
}

async function buildFromLanguage(
  given: ImagePlan,
  files: readonly ContextFile[],
): Promise<SubmissionImage> {
  const { docker, submission, prefix, labels, options, progress, signal } = given;
  const { directory, install, build } = submission;
  const language = languageOf(submission.language);
  await ensureImage(docker, language.image, given);
  const env = await languageEnvironment(docker, language);
  const plan: BuildPlan = { ...given, language, env };
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
        await made.put(homeFiles(await clockFiles(options.env)));
        await made.put(packFiles(directory, files, { ...USER, prefix: inArchive(WORKSPACE) }));
      },
    },
    signal,
  );
  const name = { repo: prefix, tag: 'submission' };
  await commit(docker, container.id, name, { ...labels, [IMAGE_LABEL]: SUBMISSION });
  await container.remove();
  return { name: `${name.repo}:${name.tag}`, directory: WORKSPACE, env, volumes: [] };
}
