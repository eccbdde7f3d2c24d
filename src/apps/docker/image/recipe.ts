import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Command } from '../../../core/submission.ts';
import { contentOf } from '../context/content.ts';
import { digestOf } from '../context/digest.ts';
import type { ContextFile } from '../context/files.ts';
import { type MemoryFile, type PackOptions, packEntries, packFiles } from '../context/pack.ts';
import { type DependenciesName, dependenciesName } from './kept.ts';
import type { BuildPlan } from './plan.ts';

/** Bumped when the same inputs come to give another image. */
const FORMAT = 1;

export interface RecipePlan extends Pick<BuildPlan, 'docker' | 'submission' | 'language' | 'env'> {
  options: { sandbox: Pick<BuildPlan['options']['sandbox'], 'install'> };
}

/** What an image with dependencies is made of, and the name that follows from it. */
export interface Recipe {
  name: DependenciesName;
  /** The files that the install step gets. */
  pack(options: PackOptions): Readable;
}

export async function recipeOf(
  plan: RecipePlan,
  install: Command,
  files: readonly ContextFile[],
): Promise<Recipe> {
  const { docker, language, options, env } = plan;
  const { digest, pack } = await ingredients(plan, install, files);
  const { RootFS, Config } = await docker.getImage(language.image).inspect();
  // Not the image's id: the same image has another one in an engine that keeps its images otherwise.
  const base = [RootFS.Layers, Config.Env];
  const decides = [FORMAT, base, install, env, options.sandbox.install];
  const all = createHash('sha256').update(JSON.stringify(decides)).update(digest).digest('hex');
  return { name: dependenciesName(all), pack };
}

async function ingredients(
  { submission: { directory }, language }: RecipePlan,
  install: Command,
  files: readonly ContextFile[],
): Promise<Pick<Recipe, 'pack'> & { digest: string }> {
  const read = (file: string) => readFile(path.join(directory, file), 'utf8');
  const inputs = await language.installInputs(install, files, read);
  if (inputs === undefined || language.essence === undefined) {
    const taken = inputs ?? files;
    return {
      digest: await digestOf(directory, taken),
      pack: (options) => packFiles(directory, taken, options),
    };
  }
  const root = await realpath(directory);
  const entries: MemoryFile[] = [];
  for (const file of inputs) {
    const text = String(await buffer(contentOf(root, file)));
    entries.push({ path: file.path, content: language.essence(install, file.path, text) });
  }
  return {
    digest: createHash('sha256').update(JSON.stringify(entries)).digest('hex'),
    pack: (options) => packEntries(entries, options),
  };
}
