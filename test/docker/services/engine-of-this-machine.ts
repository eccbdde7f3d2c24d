import { type AnsweringEngine, ASKED_FOR_MS, findEngine } from '../../../src/docker/engine.ts';

const found = await findEngine(process.env, ASKED_FOR_MS);

if (!found.answers && process.env['LABS_REQUIRE_DOCKER'] === '1')
  throw new Error(`These tests must run, and no Docker engine answers: ${found.reason}.`);

/** Why tests that need Docker are skipped here; undefined where an engine answers. */
export const noEngine = found.answers ? undefined : found.reason;

/** Only where `noEngine` is undefined. */
export const engine = found as AnsweringEngine;

/** The title of a suite, with the reason where it is skipped. */
export const titled = (title: string) =>
  noEngine === undefined ? title : `${title} (skipped: no Docker engine answers: ${noEngine})`;
