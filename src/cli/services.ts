import { usageError } from '../core/errors.ts';

const KINDS = ['postgres', 'redis'];

/** `--service postgres=postgres://… --service redis=redis://…`, any number of them, as a record. */
export function parseServices(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      const name = text.slice(0, at);
      if (at < 1 || !KINDS.includes(name)) {
        throw usageError(
          `--service ${text}: expected <name>=<url> with one of ${KINDS.join(', ')} as the name.`,
          {
            hint: 'For example: --service postgres=postgres://user:password@127.0.0.1:5432/postgres --service redis=redis://:password@127.0.0.1:6379',
          },
        );
      }
      return [name, text.slice(at + 1)];
    }),
  );
}
