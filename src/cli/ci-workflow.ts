import { usageError } from '../core/errors.ts';
import { shellWord } from '../reporters/shell.ts';
import { parsePackSource } from './packs/source.ts';

/** For which `labs start --ci` writes what grades at every push. */
export type CiSystem = 'github' | 'gitlab';

export interface WorkflowRequest {
  /** Id of the lab. */
  lab: string;
  /** The version of labs that grades, as on npm. */
  version: string;
  /** As they were named, which may be with credentials: a file that is committed has none. */
  packs: readonly string[];
  cwd: string;
}

export interface Workflow {
  /** From the root of the repository. */
  path: string;
  text: string;
}

const LABS = 'npx --yes backend-labs';

/** @throws {LabsError} usage: a pack is a directory of this machine */
export function workflowOf(system: CiSystem, request: WorkflowRequest): Workflow {
  const packs = request.packs.map((pack) => fetchable(pack, request.cwd));
  return { github, gitlab }[system]({ ...request, packs });
}

function fetchable(pack: string, cwd: string): string {
  const source = parsePackSource(pack, cwd);
  if (source.kind === 'git' || (source.kind === 'npm' && !source.version?.startsWith('file:')))
    return source.shownAs;
  throw usageError(`--ci: the pack ${source.shownAs} is on this machine, where CI has none.`, {
    hint: 'Name one that npm or git can fetch, or write the workflow yourself.',
  });
}

/** The code is run in a sandbox, since the engine of the runner is there anyway. */
function github(request: WorkflowRequest): Workflow {
  const grade = gradeCommand(request, '--runtime docker --reporter json=labs-report.json');
  return {
    path: '.github/workflows/labs.yml',
    text: `name: labs
on: [push, pull_request]
permissions:
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
      - uses: actions/cache@v4
        with:
          path: |
            ~/.npm
            ~/.cache/backend-labs
          key: labs-${request.version}-\${{ runner.os }}-\${{ runner.arch }}
      - name: Grade
        run: |
          ${grade}
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: labs-report
          path: labs-report.json
`,
  };
}

/** The job's container is the sandbox; services run in it, as no engine is there. */
function gitlab(request: WorkflowRequest): Workflow {
  const labs = `${LABS}@${request.version}`;
  const options = '--trust --runtime process --provider local --reporter json=labs-report.json';
  return {
    path: '.gitlab-ci.yml',
    text: `grade:
  image: node:24
  timeout: 30 minutes
  cache:
    key: labs-${request.version}
    paths:
      - .npm/
  variables:
    npm_config_cache: $CI_PROJECT_DIR/.npm
  script:
    - |
      ${labs} doctor --fix --yes --only postgres --only redis --only clock
    - |
      ${gradeCommand(request, options)}
  artifacts:
    when: always
    paths:
      - labs-report.json
    reports:
      junit: labs-junit.xml
`,
  };
}

/** What CI finds by itself (annotations, JUnit) comes beside what is asked for here. */
function gradeCommand({ lab, version, packs }: WorkflowRequest, options: string): string {
  const named = packs.map((pack) => ` --pack ${shellWord(Buffer.from(pack))}`).join('');
  return `${LABS}@${version} grade --lab ${lab}${named} --reporter pretty ${options}`;
}
