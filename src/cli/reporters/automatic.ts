import type { Host } from '../../platform/host.ts';
import { isDirectory } from '../../platform/is-directory.ts';
import { inGithubActions } from './workflow-console.ts';

/** A reporter that is on by itself, and where that is. */
export interface Automatic {
  place: string;
  name: string;
  /** As after `=`; the reporter's default where nothing is said. */
  file?: string;
}

const GRADESCOPE_RESULTS = '/autograder/results';

/** The reporters that the place wants in which labs runs. */
export async function automaticReporters(
  env: Host['env'],
  isThere: (path: string) => Promise<boolean> = isDirectory,
): Promise<Automatic[]> {
  const found: Automatic[] = [];
  if (inGithubActions(env)) found.push({ place: 'GitHub Actions', name: 'github' });
  if (env['GITLAB_CI'] === 'true')
    found.push({ place: 'GitLab CI', name: 'junit', file: 'labs-junit.xml' });
  if (await isThere(GRADESCOPE_RESULTS)) found.push({ place: 'Gradescope', name: 'gradescope' });
  return found;
}
