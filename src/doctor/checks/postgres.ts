import path from 'node:path';
import { type Finding, type Fix, type LabNeeds, labsNeeding } from '../finding.ts';
import type { Machine, PostgresState } from '../machine.ts';

type Asked = Pick<Machine, 'engine' | 'postgres' | 'directories'>;

/** A Postgres to start: npm's binaries, else an image. */
export async function checkPostgres(machine: Asked, labs: readonly LabNeeds[]): Promise<Finding> {
  const about = { id: 'postgres', title: 'Postgres' };
  const [postgres, engine] = await Promise.all([machine.postgres(), machine.engine()]);
  if (postgres.usable) {
    const found = `${postgres.version}, ${postgres.where}`;
    return { ...about, state: 'ok', found, meaning: '', labs: [] };
  }
  const concerned = labsNeeding(labs, 'postgres');
  const blocks = !engine.answers && concerned.length > 0;
  return {
    ...about,
    found: postgres.reason,
    labs: concerned,
    ...(blocks
      ? { state: 'missing', lack: 'no Postgres', meaning: 'There is nowhere to run Postgres.' }
      : {
          state: 'warning',
          meaning: engine.answers
            ? 'Postgres runs in Docker all the same; --provider local does not work.'
            : 'No lab needs it yet.',
        }),
    ...wayOn(postgres, machine.directories.package),
  };
}

const ELSEWHERE = 'start Docker, or name a server: --service postgres=postgres://user@host/db';

function wayOn(
  { trouble, hint }: Extract<PostgresState, { usable: false }>,
  directory: string,
): Pick<Finding, 'fix' | 'advice'> {
  if (trouble === 'absent') return { fix: reinstall(directory) };
  return { advice: hint ?? ELSEWHERE };
}

/** npm leaves optional dependencies out when told to, or when it had trouble to fetch them. */
function reinstall(directory: string): Fix {
  const description = 'let npm fetch what it left out';
  const modules = path.dirname(directory);
  const root = path.basename(modules) === 'node_modules' ? path.dirname(modules) : directory;
  const isGlobal = path.basename(root) === 'lib';
  const where = isGlobal ? ['--global', 'backend-labs'] : ['--prefix', root];
  return {
    description,
    command: [['npm', 'install', '--include=optional', ...where]],
    privileged: false,
  };
}
