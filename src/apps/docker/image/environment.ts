import type Docker from 'dockerode';
import type { Language } from '../languages/language.ts';
import { HOME } from './directories.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What every program in the sandbox finds in its environment; programs of the app come first on PATH. */
export async function languageEnvironment(
  docker: Docker,
  { image, env, binaries }: Language,
): Promise<Record<string, string>> {
  const { Config } = await docker.getImage(image).inspect();
  const path = Config.Env?.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length);
  return {
    ...env,
    HOME,
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    PATH: [...binaries, path ?? PATH].join(':'),
  };
}
