import type { CheckInfo, StageInfo } from './check.ts';
import type { Contract } from './contract.ts';
import type { LabManifest } from './manifest.ts';

/** The labs that come with the package; no other pack is called so. */
export const BUILT_IN = 'built-in';

/** A pack as messages and reports name it. */
export interface Origin {
  /** `built-in`, or what the user named: `./class`, `class-pack@1.2.0`, a URL without credentials. */
  pack: string;
  /** Of its package.json, if it has one. */
  version?: string;
  /** Of a checkout, 40 hexadecimal digits. */
  commit?: string;
}

/** A lab as the catalogue lists it: its manifest read and validated, nothing else loaded. */
export interface LabEntry {
  manifest: LabManifest;
  origin: Origin;
  paths: LabPaths;
  /** Checks that other packs add to the lab's own, in the order in which the packs were named. */
  additions: readonly Addition[];
}

export interface Addition {
  origin: Origin;
  grader: GraderFiles;
}

/** Absolute paths; at least one is there. */
export interface GraderFiles {
  /** A module whose default export is a grader. */
  code?: string;
  /** The same in YAML, for sequences of requests. */
  checks?: string;
}

/** Absolute paths. */
export interface LabPaths {
  manifest: string;
  brief: string;
  contract: string;
  /** SQL that the grader applies before the app starts; absent where the lab has none. */
  schema?: string;
  grader: GraderFiles;
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
  /** SHA-256, hex, over manifest, contract, schema and the lab's own grader. */
  digest: string;
  /** What of it comes from packs that the user named. */
  parts: readonly PackPart[];
}

/** What a pack brought to a lab: the lab itself, or checks for it. */
export interface PackPart extends Origin {
  /** SHA-256, hex: of the lab, or of the grader that adds to it. */
  digest: string;
  /** Ids. */
  checks: readonly string[];
}
