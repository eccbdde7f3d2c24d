import path from 'node:path';
import type { LabEntry } from '../core/lab.ts';
import type { LabManifest } from '../core/manifest.ts';
import type { Submission } from '../core/submission.ts';
import { startWorkspace } from '../workspace/start.ts';
import { readSubmission } from '../workspace/submission.ts';

/** A template as a learner gets it. */
export interface TemplateWorkspace {
  lab: string;
  /** Its folder's name: `typescript`. */
  template: string;
  submission: Submission;
  sandbox: LabManifest['sandbox'];
}

/**
 * Starts a workspace of each template of a lab: only then are its files those that a grade sees.
 * @param directory whose owner removes what is made in it
 */
export async function startTemplates(
  entry: LabEntry,
  directory: string,
  signal: AbortSignal,
): Promise<TemplateWorkspace[]> {
  const { id, sandbox } = entry.manifest;
  const started: TemplateWorkspace[] = [];
  for (const template of Object.keys(entry.paths.templates).sort()) {
    const target = path.join(directory, id, template);
    await startWorkspace({ entry, language: template, target, signal });
    const submission = await readSubmission(target, { searchParents: false });
    started.push({ lab: id, template, submission, sandbox });
  }
  return started;
}
