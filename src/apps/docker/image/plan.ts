import type Docker from 'dockerode';
import type { Command, Submission } from '../../../core/submission.ts';
import type { Language } from '../languages/language.ts';
import type { DockerRuntimeOptions } from '../options.ts';
import { STEP_LIMITS } from '../sandbox/limits.ts';
import { WORKSPACE } from './directories.ts';
import type { StepPlan } from './step.ts';

/** What is known before the image of a submission is made. */
export interface ImagePlan {
  docker: Docker;
  submission: Submission;
  /** Begins the name of all that this run makes: `labs-<run>`. */
  prefix: string;
  labels: Readonly<Record<string, string>>;
  options: DockerRuntimeOptions;
  openRegistry(hosts: readonly string[]): Promise<RegistryAccess>;
  signal: AbortSignal;
  progress(text: string): void;
}

/** What is known when it is made of a language's image. */
export interface BuildPlan extends ImagePlan {
  language: Language;
  /** For steps and the app. */
  env: Readonly<Record<string, string>>;
}

/** The way from the sandbox to a package registry. */
export interface RegistryAccess {
  /** Where it is open, as containers name a network. */
  network: string;
  /** URL of the HTTP proxy there. */
  proxy: string;
  /** `host:port` of what was asked for and not let through. */
  refused: ReadonlySet<string>;
  /** Aborted when the registry cannot be reached. */
  lost: AbortSignal;
  close(): Promise<void>;
}

/** What the containers of both steps have in common. */
export function stepOf(
  { docker, prefix, labels, env, options }: BuildPlan,
  step: 'install' | 'build',
  command: Command,
  network = 'none',
): Omit<StepPlan, 'image' | 'bounds' | 'fill'> {
  return {
    docker,
    step,
    name: `${prefix}-${step}`,
    command,
    shown: command.join(' '),
    directory: WORKSPACE,
    env,
    labels,
    profile: { limits: STEP_LIMITS, network, writable: true },
    source: step,
    now: options.now,
    onLog: options.onLog,
  };
}
