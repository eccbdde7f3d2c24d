import { usageError } from '../core/errors.ts';

const KINDS = ['postgres', 'redis'];

/** `--service postgres=postgres://… --service redis=redis://…`, each name once, as a record. */
export function parseServices(given: readonly string[]): Record<string, string> {
  const services: Record<string, string> = {};
  for (const text of given) {
    const at = text.indexOf('=');
    const name = text.slice(0, at);
    if (at < 1 || !KINDS.includes(name)) {
      throw usageError(
        `--service ${withoutPassword(text)}: expected <name>=<url> with one of ${KINDS.join(', ')} as the name.`,
        {
          hint: 'For example: --service postgres=postgres://user:password@127.0.0.1:5432/postgres --service redis=redis://:password@127.0.0.1:6379',
        },
      );
    }
    if (Object.hasOwn(services, name)) {
      throw usageError(`--service ${name} is given twice.`, {
        hint: 'Name one server: a run uses one of a kind.',
      });
    }
    services[name] = text.slice(at + 1);
  }
  return services;
}

/** What is mistyped is often no URL: all that may be a user, a password or a parameter is blanked. */
function withoutPassword(text: string): string {
  return text.replace(/^([\w-]*=)?(\w+:\/\/)?.*@/s, '$1$2***@').replace(/\?.*/s, '?***');
}
