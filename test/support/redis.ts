import { findRedis } from '../../src/services/local/redis-program.ts';

const found = await findRedis({ env: process.env, platform: process.platform });

if (found === undefined && process.env['LABS_REQUIRE_REDIS'] === '1')
  throw new Error('These tests must run, and neither redis-server nor valkey-server is on PATH.');

/** Only where `noRedis` is undefined. */
export const redisProgram = found!;

/** Why tests that need a Redis of this machine are skipped here. */
export const noRedis =
  found === undefined ? 'neither redis-server nor valkey-server is on PATH' : undefined;

/** The title of a suite, with the reason where it is skipped. */
export const titledRedis = (title: string) =>
  noRedis === undefined ? title : `${title} (skipped: ${noRedis})`;
