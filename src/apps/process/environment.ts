import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a program needs to run at all; nothing that tells of the user's accounts or of the grade. */
const ALWAYS = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'TZ', 'TMPDIR', 'TERM'];
/** Where toolchains of other languages are, for those whose programs ask. */
const TOOLCHAINS = [
  'JAVA_HOME',
  'GOPATH',
  'GOMODCACHE',
  'CARGO_HOME',
  'RUSTUP_HOME',
  'PYENV_ROOT',
  'VIRTUAL_ENV',
  'DOTNET_ROOT',
];
/** What an install step needs to reach a registry from this machine. */
const INSTALL = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'PIP_INDEX_URL',
  'GOPROXY',
  'npm_config_registry',
  'npm_config_cafile',
  'npm_config_cache',
  'npm_config_userconfig',
  'npm_config_globalconfig',
];

/**
 * The environment of the app: an allow-list, so that it is the same wherever a grade runs. Programs
 * that the workspace has installed come first on PATH, as they do in npm scripts.
 */
export function appEnvironment(host: Environment, workspace: string): Record<string, string> {
  const environment = pickNames(host, [...ALWAYS, ...TOOLCHAINS]);
  for (const [name, value] of Object.entries(host))
    if (name.startsWith('LC_') && value !== undefined) environment[name] = value;
  const binaries = path.join(workspace, 'node_modules', '.bin');
  environment['PATH'] = [binaries, environment['PATH']].filter(Boolean).join(path.delimiter);
  return environment;
}

export function installEnvironment(host: Environment, workspace: string): Record<string, string> {
  // Not all of npm_config_*: `npx labs` sets npm_config_local_prefix, and npm would install there.
  return { ...appEnvironment(host, workspace), ...pickNames(host, INSTALL) };
}

function pickNames(host: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = host[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
