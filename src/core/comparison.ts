import type { Verdict } from './check.ts';
import type { PackPart } from './lab.ts';
import type { CheckResult, Fingerprint, Report } from './report.ts';
import type { Outcome, Score } from './score.ts';

/** Two reports of one lab, side by side. */
export interface Comparison {
  /** True if every check has the same verdict in both. */
  same: boolean;
  /** True if labs, lab and packs were the same: what differs then is not for the exam. */
  sameExam: boolean;
  lab: string;
  a: Side;
  b: Side;
  /** Those that differ, in the order of the lab. */
  checks: readonly CheckDifference[];
  /** How many have the same verdict and points in both. */
  agree: number;
  fingerprint: readonly FieldDifference[];
}

interface Side {
  outcome: Outcome;
  score: Score;
}

/** A check that only one of the reports has is null in the other. */
export interface CheckDifference {
  id: string;
  title: string;
  a: CheckSide | null;
  b: CheckSide | null;
}

interface CheckSide {
  verdict: Verdict;
  earned: number;
  points: number;
}

export interface FieldDifference {
  /** `seed`, `services.postgres`, `packs./class`, `packs./class.commit`. */
  field: string;
  a: string | null;
  b: string | null;
}

export function compareReports(a: Report, b: Report): Comparison {
  const pairs = pairsOf(a.checks, b.checks);
  const checks = pairs.filter(
    ({ a: one, b: other }) =>
      one?.verdict !== other?.verdict ||
      one?.earned !== other?.earned ||
      one?.points !== other?.points,
  );
  const fingerprint = differences(fieldsOf(a.fingerprint), fieldsOf(b.fingerprint));
  return {
    same: pairs.every((pair) => pair.a?.verdict === pair.b?.verdict),
    sameExam: !fingerprint.some(({ field }) => isExam(field)),
    lab: a.lab.id,
    a: { outcome: a.outcome, score: a.score },
    b: { outcome: b.outcome, score: b.score },
    checks,
    agree: pairs.length - checks.length,
    fingerprint,
  };
}

function pairsOf(a: readonly CheckResult[], b: readonly CheckResult[]): CheckDifference[] {
  const ofA = new Map(a.map((check) => [check.id, check]));
  const ofB = new Map(b.map((check) => [check.id, check]));
  return [...new Set([...ofA.keys(), ...ofB.keys()])].map((id) => ({
    id,
    title: (ofA.get(id) ?? ofB.get(id)!).title,
    a: sideOf(ofA.get(id)),
    b: sideOf(ofB.get(id)),
  }));
}

function sideOf(check: CheckResult | undefined): CheckSide | null {
  if (check === undefined) return null;
  const { verdict, earned, points } = check;
  return { verdict, earned, points };
}

/** What was asked; not with which data, on which machine. */
function isExam(field: string): boolean {
  return ['labs', 'lab', 'labDigest'].includes(field) || field.startsWith('packs.');
}

function fieldsOf({ services, packs = [], ...fields }: Fingerprint): Map<string, string> {
  return new Map([
    ...Object.entries(fields),
    ...Object.entries(services).map(([name, version]) => [`services.${name}`, version] as const),
    ...packs.flatMap(fieldsOfPack),
  ]);
}

/** The digest is of its grader's own folder: what that imports is known by version and commit. */
function fieldsOfPack({ pack, digest, version, commit }: PackPart): [string, string][] {
  return [
    [`packs.${pack}`, digest],
    ...(version === undefined ? [] : [[`packs.${pack}.version`, version] as [string, string]]),
    ...(commit === undefined ? [] : [[`packs.${pack}.commit`, commit] as [string, string]]),
  ];
}

function differences(
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): FieldDifference[] {
  return [...new Set([...a.keys(), ...b.keys()])]
    .map((field) => ({ field, a: a.get(field) ?? null, b: b.get(field) ?? null }))
    .filter((pair) => pair.a !== pair.b);
}
