import { HOME } from '../../image/directories.ts';
import type { Language } from '../language.ts';
import { installInputs } from './install-inputs.ts';
import { registry } from './registry.ts';

export const python: Language = {
  names: ['python'],
  image: 'python:3.13-slim',
  env: {
    PIP_CACHE_DIR: '/tmp/pip',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    // The user may write to the site-packages of nobody but itself.
    PIP_USER: '1',
    PIP_BREAK_SYSTEM_PACKAGES: '1',
    PYTHONUSERBASE: `${HOME}/.local`,
    // The root is read-only when the app runs.
    PYTHONDONTWRITEBYTECODE: '1',
    // What it prints is read at once.
    PYTHONUNBUFFERED: '1',
  },
  binaries: ['/app/.venv/bin', `${HOME}/.local/bin`],
  installInputs,
  registry,
};
