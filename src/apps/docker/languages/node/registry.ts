import { runCommand } from '../../../../platform/command.ts';
import type { Registry } from '../language.ts';

const DEFAULT = 'https://registry.npmjs.org/';
const ANSWER_MS = 10_000;
/** Nobody's project: in a submission's directory, its .npmrc would say which host is let through. */
const NEUTRAL_DIRECTORY = '/';

/** npm's own registry, and the one that this machine is set up for; never its credentials. */
export async function registry(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Registry> {
  const url = bare(env['npm_config_registry'] ?? (await configured(env))) ?? DEFAULT;
  const hosts = new Set([new URL(DEFAULT).host, new URL(url).host]);
  return { hosts: [...hosts], env: { npm_config_registry: url } };
}

async function configured(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const args = ['config', 'get', 'registry'];
  const outcome = await runCommand('npm', args, {
    env,
    cwd: NEUTRAL_DIRECTORY,
    timeoutMs: ANSWER_MS,
  });
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
