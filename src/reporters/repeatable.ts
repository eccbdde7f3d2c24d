import type { Failure } from '../core/failure.ts';
import type { Report } from '../core/report.ts';

/** Where `labs run` serves a workspace: the grade's own port is gone when its report is read. */
export const RUN_ORIGIN = 'http://localhost:3000';

/** The report with its requests as they can be repeated: at `labs run`, or at the server graded. */
export function repeatable(report: Report): Report {
  if ('url' in report.submission) return report;
  const checks = report.checks.map((check) =>
    check.failure === undefined ? check : { ...check, failure: atRunOrigin(check.failure) },
  );
  return { ...report, checks };
}

function atRunOrigin(failure: Failure): Failure {
  const evidence = failure.evidence.map((item) => {
    if (item.kind !== 'exchange' || !URL.canParse(item.exchange.url)) return item;
    const { url } = item.exchange;
    const target = url.slice(new URL(url).origin.length);
    return { ...item, exchange: { ...item.exchange, url: `${RUN_ORIGIN}${target}` } };
  });
  return { ...failure, evidence };
}
