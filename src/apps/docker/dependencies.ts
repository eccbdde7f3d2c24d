import type Docker from 'dockerode';
import { bug } from '../../core/errors.ts';
import type { LabManifest } from '../../core/manifest.ts';
import type { Resource } from '../../core/resource.ts';
import type { Submission } from '../../core/submission.ts';
import { undoable } from '../../core/undoable.ts';
import { connect } from '../../docker/client.ts';
import { findImage } from '../../docker/image.ts';
import { labelsOf } from '../../docker/labels.ts';
import { removeContainer } from '../../docker/remove.ts';
import { listFiles } from './context/files.ts';
import { dependenciesImage } from './image/dependencies.ts';
import { languageEnvironment } from './image/environment.ts';
import { recipeOf } from './image/recipe.ts';
import { knownLanguage, languageOf } from './languages/index.ts';
import { openNetwork } from './network.ts';
import type { DockerRuntimeOptions } from './options.ts';

/** Whether the sandbox has an install step to run for it. */
export function hasDependencies({ language, install }: Submission): boolean {
  return install !== undefined && knownLanguage(language) !== undefined;
}

/**
 * The image that a grade of this submission would take its dependencies from.
 * @returns undefined where the image of its language is not there: what it is depends on that
 */
export async function nameDependencies(
  docker: Docker,
  submission: Submission,
  sandbox: Pick<LabManifest['sandbox'], 'install'>,
): Promise<string | undefined> {
  const language = languageOf(submission.language);
  if ((await findImage(docker, language.image)) === undefined) return undefined;
  const env = await languageEnvironment(docker, language);
  const plan = { docker, submission, language, env, options: { sandbox } };
  const files = await listFiles(submission.directory);
  const { name } = await recipeOf(plan, installOf(submission), files);
  return `${name.repo}:${name.tag}`;
}

/**
 * Runs a submission's install step and no more, unless the image that comes of it is there; the
 * image of its language must be.
 * @param prefix begins the name of all that is made on the way
 * @throws {AppStartError} the step failed
 */
export function installDependencies(
  submission: Submission,
  prefix: string,
  options: DockerRuntimeOptions,
): Resource<string> {
  const about = { id: 'app.install', title: 'Install in Docker', teardownBudgetMs: 60_000 };
  return undoable(about, async (context) => {
    const { signal, undo, progress } = context;
    const language = languageOf(submission.language);
    const docker = await connect(options.engine);
    const labels = await labelsOf(options.run);
    const relay = `${prefix}-relay`;
    for (const name of [relay, `${prefix}-install`]) undo(() => removeContainer(docker, name));
    const plan = { docker, submission, language, prefix, labels, options, signal, progress };
    const env = await languageEnvironment(docker, language);
    const openRegistry = async (hosts: readonly string[]) => {
      const opening = openNetwork({ docker, name: relay, labels }, context);
      undo(async () => (await opening.catch(() => undefined))?.close());
      return (await opening).openRegistry(hosts, options.env);
    };
    const files = await listFiles(submission.directory);
    return dependenciesImage({ ...plan, env, openRegistry }, installOf(submission), files);
  });
}

function installOf({ install, lab }: Submission): NonNullable<Submission['install']> {
  if (install === undefined) throw bug(`A workspace of ${lab} has no install step to run.`);
  return install;
}
