import type { AppStartError } from '../apps/port.ts';
import type { Failure } from '../core/failure.ts';

const EXPECTED: Readonly<Record<AppStartError['reason'], string>> = {
  install: 'the install step of labs.yaml to succeed',
  build: 'the build step of labs.yaml to succeed',
  exited: 'the app to keep running',
  elsewhere: 'the app to listen on PORT',
  silent: 'the app to serve in time',
  unready: 'the app to become ready',
};

/** An app that does not come up is the learner's failure, with its last lines as evidence. */
export function startupFailure(error: AppStartError, action = 'start the app'): Failure {
  return {
    action:
      error.reason === 'install' || error.reason === 'build' ? `${error.reason} the app` : action,
    expected: EXPECTED[error.reason],
    actual: error.message,
    evidence:
      error.lines.length === 0
        ? []
        : [{ kind: 'log', source: error.lines[0]?.source ?? 'app', lines: error.lines }],
    hint: error.hint,
  };
}
