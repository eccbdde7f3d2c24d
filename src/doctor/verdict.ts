import type { Finding, LabNeeds } from './finding.ts';

export interface Verdict {
  /** Whether every lab can be graded with one provider or another. */
  all: boolean;
  /** A sentence for people. */
  sentence: string;
}

/** Which labs can be graded on this machine, and what keeps the others. */
export function judge(findings: readonly Finding[], labs: readonly LabNeeds[]): Verdict {
  const lacks = new Map(labs.map(({ id }) => [id, lacksOf(id, findings)]));
  const able = labs.filter(({ id }) => lacks.get(id) === '').map(({ id }) => id);
  if (able.length === labs.length) return { all: true, sentence: 'All labs can be graded here.' };
  const reasons = [...new Set(lacks.values())].filter((lack) => lack !== '');
  const unable = reasons.map((reason) => {
    const ids = [...lacks].filter(([, lack]) => lack === reason).map(([id]) => id);
    return { ids, reason };
  });
  if (able.length === 0 && reasons.length === 1)
    return { all: false, sentence: `No lab can be graded here: ${reasons[0]}.` };
  const clauses = [
    ...(able.length === 0 ? [] : [`${listed(able)} can be graded here`]),
    ...unable.map(({ ids, reason }) => `${listed(ids)} cannot: ${reason}`),
  ];
  return { all: false, sentence: `${clauses.join('; ')}.` };
}

function lacksOf(id: string, findings: readonly Finding[]): string {
  return findings
    .filter(({ state, labs }) => state === 'missing' && labs.includes(id))
    .map(({ lack, found }) => lack ?? found)
    .join(', ');
}

export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
