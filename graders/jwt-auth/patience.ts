import type { Stage } from 'backend-labs/kit';

/** Nearly every check makes accounts, and passwords take long on purpose: on a busy machine, longer than a check has. */
const PATIENCE_MS = 90_000;

export function patient(stage: Stage): Stage {
  const checks = stage.checks.map((check) => ({ timeoutMs: PATIENCE_MS, ...check }));
  return { ...stage, checks } as Stage;
}
