import type { Report } from '../../core/report.ts';
import { count } from '../terminal/duration.ts';

/** `Passed: 82 of 100 points; 70 % are needed.`, or that there is no grade, and why. */
export function outcomeSentence(report: Report): string {
  const { score, lab, outcome } = report;
  if (outcome === 'incomplete') return incompleteSentence(report);
  const word = outcome === 'passed' ? 'Passed' : 'Not passed';
  const points = `${score.earned} of ${count(score.max, 'point')}`;
  return `${word}: ${points}, ${score.percent} %; ${lab.passingScore} % are needed.`;
}

export function incompleteSentence({ checks }: Report): string {
  const errored = checks.filter(({ verdict }) => verdict === 'errored').length;
  return `Not graded: ${count(errored, 'check')} could not be tried, through no fault of the learner. This is not a score of 0; grade again.`;
}
