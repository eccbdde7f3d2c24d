import { hasDependencies, nameDependencies } from '../apps/docker/dependencies.ts';
import { templateName } from '../apps/docker/image/kept.ts';
import type { LabEntry } from '../core/lab.ts';
import type { Docker } from '../docker/client.ts';
import { findImage } from '../docker/image.ts';
import { neededImages } from './needed.ts';
import type { TemplateWorkspace } from './templates.ts';

/** One image that the labs need, and whether the engine has it. */
export interface StockedImage {
  /** `postgres:17-alpine`; of a template's dependencies, `labs-template:crud-api-typescript`. */
  image: string;
  uses: readonly string[];
  /** In bytes; undefined where it is not there. */
  size: number | undefined;
  /** Whose dependencies it has; undefined for what a registry has. */
  template?: TemplateWorkspace;
  /** The name by which a grade finds it, where that can be told. */
  key?: string;
}

/** In the order in which they are to be got: dependencies are made with the images before them. */
export async function takeStock(
  docker: Docker,
  labs: readonly LabEntry[],
  templates: readonly TemplateWorkspace[],
  { dependencies }: { dependencies: boolean },
): Promise<StockedImage[]> {
  const needs = labs.map(({ manifest: { id, services } }) => ({
    services,
    languages: templates
      .filter(({ lab }) => lab === id)
      .map(({ submission }) => submission.language),
  }));
  const stock: StockedImage[] = [];
  for (const needed of neededImages(needs))
    stock.push({ ...needed, size: (await findImage(docker, needed.image))?.size });
  const installing = templates.filter(({ submission }) => hasDependencies(submission));
  if (dependencies) for (const template of installing) stock.push(await stockOf(docker, template));
  return stock;
}

/** Of the dependencies of one template. */
export async function stockOf(docker: Docker, template: TemplateWorkspace): Promise<StockedImage> {
  const { lab, submission, sandbox } = template;
  const { repo, tag } = templateName(lab, template.template);
  const key = await nameDependencies(docker, submission, sandbox);
  const found = key === undefined ? undefined : await findImage(docker, key);
  return {
    image: `${repo}:${tag}`,
    uses: [`dependencies of ${lab} in ${template.template}`],
    size: found?.size,
    template,
    ...(key !== undefined && { key }),
  };
}
