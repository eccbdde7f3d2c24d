import { installDependencies } from '../apps/docker/dependencies.ts';
import { templateName } from '../apps/docker/image/kept.ts';
import { knownLanguage } from '../apps/docker/languages/index.ts';
import type { DockerRuntimeOptions } from '../apps/docker/options.ts';
import { RELAY_IMAGE } from '../apps/docker/relay/start.ts';
import { AppStartError } from '../apps/port.ts';
import { LabsError } from '../core/errors.ts';
import type { Docker } from '../docker/client.ts';
import { ensureImage, findImage } from '../docker/image.ts';
import { type StockedImage, stockOf } from './stock.ts';
import type { TemplateWorkspace } from './templates.ts';

export interface PulledImage extends StockedImage {
  outcome: 'there' | 'pulled' | 'made' | 'failed' | 'not tried';
  /** Why it is not there, in sentences. */
  problem?: string;
}

export interface PullOptions {
  docker: Docker;
  /** All that installing needs but for the lab's own limits. */
  runtime: Omit<DockerRuntimeOptions, 'sandbox'>;
  signal: AbortSignal;
  progress(text: string): void;
}

/** Gets what is not there, one after the other; one that cannot be had keeps no other from coming. */
export async function pullImages(
  stock: readonly StockedImage[],
  options: PullOptions,
): Promise<PulledImage[]> {
  const outcomes: PulledImage[] = [];
  for (const [index, stocked] of stock.entries()) {
    const { template } = stocked;
    const lacking = template && lackingFor(template, outcomes);
    if (lacking !== undefined) {
      const problem = `It is made with ${lacking}, which is not there.`;
      outcomes.push({ ...stocked, outcome: 'not tried', problem });
      continue;
    }
    const get = () =>
      template === undefined
        ? pull(stocked, options)
        : make(template, `labs-${options.runtime.run.id}-${index}`, options);
    outcomes.push(
      await get().catch((error: unknown): PulledImage => {
        options.signal.throwIfAborted();
        return { ...stocked, outcome: 'failed', problem: problemOf(error) };
      }),
    );
  }
  return outcomes;
}

async function pull(stocked: StockedImage, options: PullOptions): Promise<PulledImage> {
  const { docker } = options;
  const outcome = await ensureImage(docker, stocked.image, options);
  return { ...stocked, size: (await findImage(docker, stocked.image))?.size, outcome };
}

async function make(
  template: TemplateWorkspace,
  prefix: string,
  { docker, runtime, signal, progress }: PullOptions,
): Promise<PulledImage> {
  // Again: its name could not be told before the image of its language was there.
  const before = await stockOf(docker, template);
  const resource = installDependencies(template.submission, prefix, {
    ...runtime,
    sandbox: template.sandbox,
  });
  try {
    const image = await resource.setup({
      signal,
      progress: (text) => progress(`${before.image}: ${text}`),
    });
    // A name of its own keeps it from being pruned.
    await docker.getImage(image).tag(templateName(template.lab, template.template));
    const outcome = before.size === undefined ? 'made' : 'there';
    return { ...before, key: image, size: (await findImage(docker, image))?.size, outcome };
  } finally {
    await resource.teardown();
  }
}

/** What must be there before a template's dependencies can be installed, and is not. */
function lackingFor(
  { submission }: TemplateWorkspace,
  outcomes: readonly PulledImage[],
): string | undefined {
  const wanted = [knownLanguage(submission.language)?.image, RELAY_IMAGE];
  return outcomes.find(({ image, outcome }) => outcome === 'failed' && wanted.includes(image))
    ?.image;
}

function problemOf(error: unknown): string {
  if (error instanceof AppStartError) {
    const lines = error.lines.map(({ text }) => `\n  ${text}`).join('');
    return `${error.message} ${error.hint}${lines}`;
  }
  if (error instanceof LabsError) return error.message;
  throw error;
}
