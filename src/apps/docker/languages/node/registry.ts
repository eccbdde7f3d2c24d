import { runCommand } from '../../../../platform/command.ts';
import type { Registry } from '../language.ts';

const DEFAULT = 'https://registry.npmjs.org/';
const ANSWER_MS = 10_000;

/** npm's own registry, and the one that this machine is set up for; never its credentials. */
export async function registry(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<Registry> {
  const url = bare(env['npm_config_registry'] ?? (await configured(env, cwd))) ?? DEFAULT;
  const hosts = new Set([new URL(DEFAULT).hostname, new URL(url).hostname]);
  return { hosts: [...hosts], env: { npm_config_registry: url } };
}

async function configured(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<string> {
  const args = ['config', 'get', 'registry'];
  const outcome = await runCommand('npm', args, { env, cwd, timeoutMs: ANSWER_MS });
  return outcome.started && outcome.exitCode === 0 ? outcome.stdout.trim() : DEFAULT;
}

/** Without a name and password. */
function bare(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  url.username = '';
  url.password = '';
  return url.href;
}
