import { type CommandOutcome, runCommand } from '../../platform/command.ts';
import type { Host } from '../../platform/host.ts';
import { which } from '../../platform/which.ts';

/** A server's program on PATH. */
export interface RedisProgram {
  file: string;
  /** `Redis 7.0.15`, `Valkey 8.1.1`. */
  version: string;
}

/** The same, or one that does not run. */
export type FoundRedis = RedisProgram | { file: string; version: undefined };

export interface Finder {
  which(program: string): Promise<string | undefined>;
  run(file: string, ...args: readonly string[]): Promise<CommandOutcome>;
}

const RUN_MS = 5_000;

/** The first that runs; undefined where there is none. */
export async function findRedis({
  env,
  platform,
}: Pick<Host, 'env' | 'platform'>): Promise<RedisProgram | undefined> {
  const found = await findRedisPrograms({
    which: (program) => which(program, env, platform),
    run: (file, ...args) => runCommand(file, args, { env, timeoutMs: RUN_MS }),
  });
  return found.find((program) => program.version !== undefined);
}

/** Valkey speaks the same protocol; Fedora, Alpine and Arch ship it in the place of Redis. */
export async function findRedisPrograms({ which: find, run }: Finder): Promise<FoundRedis[]> {
  const files = await Promise.all(['redis-server', 'valkey-server'].map(find));
  return Promise.all(
    files
      .filter((file) => file !== undefined)
      .map(async (file) => {
        const outcome = await run(file, '--version');
        return { file, version: outcome.started ? versionOf(outcome.stdout) : undefined };
      }),
  );
}

/** “Redis server v=7.0.15 sha=…”, “Valkey server v=8.1.1 …”. */
function versionOf(text: string): string | undefined {
  const [, name, version] = /^(\w+) server v=([\w.-]+)/m.exec(text) ?? [];
  return version === undefined ? undefined : `${name} ${version}`;
}
