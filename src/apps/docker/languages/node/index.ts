import type { Language } from '../language.ts';
import { essence } from './essence.ts';
import { installInputs } from './install-inputs.ts';
import { registry } from './registry.ts';

export const node: Language = {
  names: ['javascript', 'typescript'],
  image: 'node:24-slim',
  env: {
    npm_config_cache: '/tmp/npm',
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
  },
  binaries: ['/app/node_modules/.bin'],
  installInputs,
  essence,
  registry,
};
