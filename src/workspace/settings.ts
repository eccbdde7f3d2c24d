import type { ManifestFile } from '../catalog/manifest-file.ts';
import type { Problem } from '../catalog/yaml/problem.ts';
import type { WorkspaceManifest } from '../core/workspace-manifest.ts';

const SERVICE = 'its value is the address of a server that is made for each run';

/** Variables that the grader sets, and why nobody else can. */
const RESERVED = new Map([
  ['PORT', 'its value is a port that is free on the day'],
  ['PROCESS_NAME', 'its value is another for each process'],
  ['DATABASE_URL', SERVICE],
  ['REDIS_URL', SERVICE],
]);

function whyReserved(name: string): string | undefined {
  return name.startsWith('LABS_') ? 'it marks what belongs to a run' : RESERVED.get(name);
}

/** What is wrong with the settings under `env`. */
export function settingProblems({
  value,
  keySpan,
  valueSpan,
}: ManifestFile<WorkspaceManifest>): Problem[] {
  return Object.entries(value.env).flatMap(([name, setting]): Problem[] => {
    const why = whyReserved(name);
    if (why !== undefined) {
      return [
        {
          span: keySpan(['env', name]),
          message: `the grader sets ${name}: ${why}`,
          hint: 'Take it out of env; your app reads it from its environment.',
        },
      ];
    }
    if (setting.includes('\0')) {
      return [{ span: valueSpan(['env', name]), message: `env.${name} has a NUL character` }];
    }
    return [];
  });
}
