// What a new user sees: a lab is started, its untouched template is graded, then a finished solution.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const labs = path.join(root, 'bin', 'labs.js');
const solution = path.join(root, 'test', 'solutions', 'crud-api', 'typescript-fastify');

const directory = await mkdtemp(path.join(tmpdir(), 'labs-demo-'));
let running: ReturnType<typeof spawn> | undefined;
let interrupted = false;
// The child hears Ctrl-C from the terminal itself, and ends when it has cleaned up.
process.on('SIGINT', () => {
  interrupted = true;
});
process.on('SIGTERM', () => {
  interrupted = true;
  running?.kill('SIGTERM');
});

try {
  process.exitCode = await demo();
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function demo(): Promise<number> {
  await step('A learner begins.', directory, 'start', 'crud-api', 'my-api');
  const template = await graded('The untouched template:', path.join(directory, 'my-api'));
  if (interrupted) return 130;
  const finished = path.join(directory, 'my-finished-api');
  await cp(solution, finished, {
    recursive: true,
    filter: (file) => !['node_modules', 'dist', '.labs'].includes(path.basename(file)),
  });
  const done = await graded('Weeks later, a finished solution, ours to run:', finished, '--trust');
  if (interrupted) return 130;
  process.stdout.write(`\nTemplate ${template.points}, solution ${done.points}.\n`);
  return template.code === 1 && done.code === 0 ? 0 : 1;
}

async function graded(
  title: string,
  workspace: string,
  ...more: string[]
): Promise<{ code: number; points: string }> {
  const code = await step(
    title,
    workspace,
    'grade',
    ...more,
    '--reporter',
    'pretty',
    '--reporter',
    'json=report.json',
  );
  const text = await readFile(path.join(workspace, 'report.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return { code, points: 'not graded' };
  const { score } = JSON.parse(text) as { score: { earned: number; max: number } };
  return { code, points: `${score.earned}/${score.max}` };
}

async function step(title: string, cwd: string, ...args: string[]): Promise<number> {
  if (interrupted) return 130;
  const shown = args.filter(
    (arg, i) => !arg.startsWith('--reporter') && args[i - 1] !== '--reporter',
  );
  process.stdout.write(`\n${title}\n\n$ labs ${shown.join(' ')}\n`);
  // The workspaces go, so what is remembered of them goes too.
  const env = { ...process.env, LABS_STATE_DIR: path.join(directory, 'state') };
  running = spawn(process.execPath, [labs, ...args], { cwd, env, stdio: 'inherit' });
  const [code] = (await once(running, 'exit')) as [number | null];
  return code ?? 130;
}
