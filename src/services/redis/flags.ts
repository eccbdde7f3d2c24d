import { createHash } from 'node:crypto';
import { newLogin } from '../new-login.ts';
import { appRules, graderRules } from './rules.ts';

/** Who may do what on a server that we start. */
export interface Users {
  /** The default one, so that clients which know no user names can log in too. */
  app: { user: string; password: string };
  grader: { user: string; password: string };
}

export function newUsers(): Users {
  return { app: newLogin('default'), grader: newLogin('labs') };
}

/** A runaway app fills no more memory than this. */
const MAX_MEMORY = '128mb';

/** In the file before it is answered. Rewritten early: the file is in memory too, most of the time. */
const DURABLE = [
  ...['--appendonly', 'yes', '--appendfsync', 'always'],
  ...['--auto-aof-rewrite-min-size', '16mb'],
];

export interface ServerTraits {
  /** `Redis 7.0.15` */
  version: string;
  /** Whether the working directory keeps the data; else nothing does. */
  durable: boolean;
}

/** Arguments for `redis-server`. Others can read them, so passwords are hashes. */
export function serverFlags({ version, durable }: ServerTraits, { app, grader }: Users): string[] {
  const user = (name: string, password: string, rules: string[]) => [
    ...['--user', name, 'on', `#${createHash('sha256').update(password).digest('hex')}`],
    ...rules,
  ];
  return [
    ...['--save', ''],
    ...(durable ? DURABLE : ['--appendonly', 'no']),
    ...['--maxmemory', MAX_MEMORY, '--maxmemory-policy', 'noeviction'],
    // Sooner than the grader loses its patience: a script without end is then told from a server that is gone.
    ...['--lua-time-limit', '2000'],
    // A title would be written over the environment, where a sweep looks for the run's mark.
    ...['--set-proc-title', 'no'],
    ...user(app.user, app.password, appRules(version)),
    ...user(grader.user, grader.password, graderRules()),
  ];
}
