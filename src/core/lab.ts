import type { CheckInfo, StageInfo } from './check.ts';
import type { Contract } from './contract.ts';
import type { LabManifest } from './manifest.ts';

/** A lab as the catalogue lists it: its manifest read and validated, nothing else loaded. */
export interface LabEntry {
  manifest: LabManifest;
  /** `built-in`, or where the pack is. */
  origin: string;
  paths: LabPaths;
}

/** Absolute paths. */
export interface LabPaths {
  manifest: string;
  brief: string;
  contract: string;
  /** SQL that the grader applies before the app starts; absent where the lab has none. */
  schema?: string;
  grader: string;
  /** By language. */
  templates: Readonly<Record<string, string>>;
}

/** A lab ready to grade with. `Grader` is opaque here: only the kit knows what a check runs. */
export interface Lab<Grader = unknown> extends LabEntry {
  contract: Contract;
  /** SQL that is applied before the app starts; empty where the lab has none. */
  schema: string;
  grader: Grader;
  stages: readonly StageInfo[];
  checks: readonly CheckInfo[];
  /** SHA-256, hex, over manifest, contract, schema and grader. */
  digest: string;
}
