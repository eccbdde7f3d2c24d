import type { Report } from '../../../src/core/report.ts';
import { check50 } from '../../../src/reporters/check50.ts';
import { classroom50, classroom50Submission } from '../../../src/reporters/classroom50.ts';
import { ctrf } from '../../../src/reporters/ctrf.ts';
import { githubAnnotations, githubOutputs } from '../../../src/reporters/github.ts';
import { githubClassroom } from '../../../src/reporters/github-classroom.ts';
import { gradescope } from '../../../src/reporters/gradescope.ts';
import { junit } from '../../../src/reporters/junit.ts';
import { markdown } from '../../../src/reporters/markdown.ts';
import { prairielearn } from '../../../src/reporters/prairielearn.ts';

/** As the runner of Classroom 50 sets it. */
export const CLASSROOM50 = {
  CLASSROOM: 'cs-backend',
  ASSIGNMENT: 'notes',
  ASSIGNMENT_TYPE: 'individual',
  OWNER: 'ada',
  SUBMISSION_TAG: 'submit/20261102T093000Z-0123abc',
  COMMIT_URL: 'https://github.com/class/cs-backend-notes-ada/commit/0123abc',
  RELEASE_URL: 'https://github.com/class/cs-backend-notes-ada/releases/tag/submit%2F1',
  REVIEW_URL: 'https://github.com/class/cs-backend-notes-ada/compare/1...2',
};

/** Every format that is a document, by the name of its golden file. */
export const FORMATS: Readonly<Record<string, (report: Report) => string>> = {
  'junit.xml': junit,
  'markdown.md': markdown,
  'ctrf.json': ctrf,
  'check50.json': check50,
  'gradescope.json': gradescope,
  'prairielearn.json': prairielearn,
  'classroom50.json': (report) =>
    classroom50(report, classroom50Submission(CLASSROOM50)) ?? 'nothing is written\n',
  'github-annotations.txt': githubAnnotations,
  'github-outputs.txt': githubOutputs,
  'github-classroom.json': (report) => `${decoded(githubClassroom(report))}\n`,
};

export function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}
