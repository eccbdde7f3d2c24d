import path from 'node:path';
import { usageError } from '../../core/errors.ts';
import { BUILT_IN } from '../../core/lab.ts';

/** Where a pack is to be had, as `--pack` says it. */
export type PackSource =
  | { kind: 'directory'; shownAs: string; directory: string }
  /** Without a version: what the project has installed. */
  | { kind: 'npm'; shownAs: string; name: string; version: string | undefined }
  /** `shownAs` has no credentials; `url` may have them. */
  | { kind: 'git'; shownAs: string; url: string; ref: string | undefined };

const EXAMPLES =
  'For example: --pack ./class, --pack class-pack@1.2.0, --pack https://example.org/class.git#v1.';

/**
 * A path begins with a dot or a slash. A bare word is the name of a package, never a directory that
 * happens to be there: a learner's could be called so.
 *
 * @throws {LabsError} usage: it is none of these, or a way on which others could change the code
 */
export function parsePackSource(text: string, cwd: string): PackSource {
  if (/^(\.{1,2}([/\\]|$)|[/\\]|[a-z]:[/\\])/i.test(text))
    return { kind: 'directory', shownAs: text, directory: path.resolve(cwd, text) };
  const npm = /^((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)(?:@(file:.+|[^:]+))?$/.exec(text);
  if (npm !== null) return npmSource(text, npm[1]!, npm[2], cwd);
  if (/^\w[\w.-]*@\w[\w.-]*:[^:]|^[\w.+-]+:\/\//.test(text)) return gitSource(text);
  throw usageError(`--pack ${text}: expected a directory, a package of npm or a git URL.`, {
    hint: EXAMPLES,
  });
}

function npmSource(
  shownAs: string,
  name: string,
  version: string | undefined,
  cwd: string,
): PackSource {
  if (name === BUILT_IN)
    throw usageError(`--pack ${name}: the built-in labs are there always.`, { hint: EXAMPLES });
  // npm would take it from its own working directory.
  const file = version?.startsWith('file:') ? version.slice('file:'.length) : undefined;
  const absolute = file === undefined ? version : `file:${path.resolve(cwd, file)}`;
  return { kind: 'npm', shownAs, name, version: absolute };
}

const REF = /^[A-Za-z0-9][\w./-]*$/;

function gitSource(text: string): PackSource {
  const hash = text.indexOf('#');
  const url = (hash === -1 ? text : text.slice(0, hash)).replace(/^git\+/, '');
  const ref = hash === -1 ? undefined : text.slice(hash + 1);
  const shownUrl = withoutCredentials(url);
  const shownAs = ref === undefined ? shownUrl : `${shownUrl}#${ref}`;
  const protocol = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase() ?? 'ssh';
  if (!['https', 'ssh', 'file'].includes(protocol))
    throw usageError(`--pack ${shownAs}: packs come over https, ssh or file, not ${protocol}.`, {
      hint: 'A pack is code that runs with your rights: on other ways, others could change it.',
    });
  if (ref !== undefined && (!REF.test(ref) || ref.includes('..')))
    throw usageError(`--pack ${shownAs}: expected a branch, a tag or a commit after the #.`, {
      hint: EXAMPLES,
    });
  return { kind: 'git', shownAs, url, ref };
}

/** `https://user:token@host/x` would end in reports and logs of CI. */
function withoutCredentials(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol === 'ssh:') return url;
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
