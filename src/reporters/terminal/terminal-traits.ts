export interface TerminalTraits {
  /** Whether the terminal draws more than ASCII. */
  unicode: boolean;
  /** Whether it can move its cursor: a dumb one gets plain lines. */
  redraws: boolean;
}

/** What the environment says of the terminal; POSIX sets the order of the locale's variables. */
export function terminalTraits(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): TerminalTraits {
  const term = env['TERM'] ?? '';
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(Boolean) ?? '';
  // Windows has no such variables; its newer terminal says that it is there.
  const utf8 = /utf-?8/i.test(locale) || (platform === 'win32' && env['WT_SESSION'] !== undefined);
  return { unicode: utf8 && term !== 'linux' && term !== 'dumb', redraws: term !== 'dumb' };
}
