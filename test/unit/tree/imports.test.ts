import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

/** What a folder of `src` may import of the others; what is not listed imports what it likes. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  network: ['core'],
  kit: ['core', 'network'],
  platform: ['core', 'network'],
  catalog: ['core', 'kit'],
  reporters: ['core'],
  workspace: ['core', 'platform', 'catalog'],
  docker: ['core', 'platform'],
  services: ['core', 'platform', 'docker'],
  apps: ['core', 'platform', 'network', 'docker'],
  images: ['core', 'docker', 'services', 'apps', 'workspace'],
  doctor: ['core', 'platform', 'docker', 'services', 'catalog', 'network'],
  authoring: ['core', 'platform', 'catalog', 'workspace', 'grading', 'kit', 'apps', 'services'],
};

/** Where a package may be imported. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  dockerode: /^src\/(docker|services\/docker|apps\/docker)\//,
  testcontainers: /^src\/services\/docker\//,
  'modern-tar': /^src\/apps\/docker\/context\//,
  '@balena/dockerignore': /^src\/apps\/docker\/context\//,
  'proxy-chain': /^src\/apps\/docker\/registry\//,
  undici: /^src\/(kit\/http\/|apps\/readiness)/,
  execa: /^src\/(platform|apps\/process)\//,
  commander: /^src\/cli\//,
  yaml: /^src\/catalog\//,
  ajv: /^src\/catalog\//,
  'ajv-formats': /^src\/catalog\//,
  ioredis: /^src\/(services\/(redis|external)|grading\/world)\//,
  pg: /^src\/(services|grading\/world|kit)\//,
};

/** Files through which a folder may reach into an adapter; elsewhere it sees ports. */
const PORTS_ONLY: Readonly<Record<string, readonly string[]>> = {
  grading: ['services/port.ts', 'apps/port.ts'],
};

/** What runs as a process of its own. */
const PROGRAMS = ['src/main.ts', 'src/apps/docker/relay/program.ts'];

interface Import {
  file: string;
  specifier: string;
}

const files = globSync('{src,graders}/**/*.ts', { cwd: root });
const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(path.join(root, file), 'utf8');
  const statements = /^(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*'([^']+)'/gm;
  const calls = /\bimport\('([^']+)'\)/g;
  const found = [...text.matchAll(statements), ...text.matchAll(calls)];
  return found.map(([, specifier]) => ({ file, specifier: specifier! }));
});

/** Data beside the code, not a part of it. */
const SCHEMAS = '../schemas/';

/** `src/kit/http/client.ts` of `../shown.ts` → `kit/shown.ts`; undefined for a package. */
function target({ file, specifier }: Import): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const to = path.relative('src', path.join(path.dirname(file), specifier));
  return to.startsWith(SCHEMAS) ? undefined : to;
}

const folder = (file: string) => path.relative('src', file).split(path.sep)[0]!;

describe('imports', () => {
  it.each(Object.entries(MAY_IMPORT))('src/%s imports only %j of src', (name, allowed) => {
    const wrong = imports.filter((found) => {
      const to = target(found);
      if (!found.file.startsWith(`src/${name}/`) || to === undefined) return false;
      return ![name, ...allowed].includes(to.split('/')[0]!);
    });
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(PACKAGES))('%s is imported only in %s', (name, where) => {
    const wrong = imports.filter(({ file, specifier }) => {
      const isPackage = specifier === name || specifier.startsWith(`${name}/`);
      return isPackage && !where.test(file);
    });
    expect(wrong).toEqual([]);
  });

  it('grading sees ports, not adapters', () => {
    const wrong = imports.filter((found) => {
      const to = target(found);
      if (folder(found.file) !== 'grading' || to === undefined) return false;
      const guarded = ['services', 'apps'].includes(to.split('/')[0]!);
      return guarded && !PORTS_ONLY['grading']!.includes(to);
    });
    expect(wrong).toEqual([]);
  });

  it('graders import the kit and their own files alone', () => {
    const wrong = imports.filter(({ file, specifier }) => {
      if (!file.startsWith('graders/')) return false;
      if (specifier.startsWith('node:') || specifier === 'backend-labs/kit') return false;
      const own = file.split('/').slice(0, 2).join('/');
      return (
        !specifier.startsWith('.') || !path.join(path.dirname(file), specifier).startsWith(own)
      );
    });
    expect(wrong).toEqual([]);
  });

  it('only main exits', () => {
    const wrong = files.filter(
      (file) =>
        !PROGRAMS.includes(file) &&
        /\bprocess\.exit\(/.test(readFileSync(path.join(root, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });

  it('a command that needs no engine does not load it', () => {
    const eager = imports.filter(
      ({ file, specifier }) =>
        file.startsWith('src/cli/program') && !specifier.startsWith('node:') && !isLight(specifier),
    );
    expect(eager).toEqual([]);
  });
});

/** Loaded at every start: the declaration of the commands and what renders an error. */
function isLight(specifier: string): boolean {
  return (
    [
      'commander',
      '../core/errors.ts',
      '../platform/host.ts',
      '../platform/version.ts',
      './collect.ts',
      './program-new.ts',
      './render-error.ts',
      './reporters/option.ts',
      './reporters/workflow-console.ts',
    ].includes(specifier) || specifier.startsWith('./commands/')
  );
}
