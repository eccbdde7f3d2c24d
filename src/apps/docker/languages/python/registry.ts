import type { Registry } from '../language.ts';

const HOSTS = ['pypi.org', 'files.pythonhosted.org'];

/** PyPI, or the index that this machine is set up for; never its credentials. */
export async function registry(
  env: Readonly<Record<string, string | undefined>>,
): Promise<Registry> {
  const index = URL.parse(env['PIP_INDEX_URL'] ?? '');
  if (index === null) return { hosts: HOSTS, env: {} };
  index.username = '';
  index.password = '';
  return { hosts: [...HOSTS, index.host], env: { PIP_INDEX_URL: index.href } };
}
