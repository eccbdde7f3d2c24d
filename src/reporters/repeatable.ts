import type { Exchange } from '../core/exchange.ts';
import type { Failure } from '../core/failure.ts';
import type { Report } from '../core/report.ts';

/** Where `labs run` serves a workspace: the grade's own port is gone when its report is read. */
export const RUN_ORIGIN = 'http://localhost:3000';

/** The report with its requests as they can be repeated: at `labs run`, or at the server graded. */
export function repeatable(report: Report): Report {
  if ('url' in report.submission) return report;
  const checks = report.checks.map(({ failure, timeline, ...check }) => ({
    ...check,
    ...(failure !== undefined && { failure: evidenceAtRunOrigin(failure) }),
    ...(timeline !== undefined && {
      timeline: { ...timeline, exchanges: timeline.exchanges.map(atRunOrigin) },
    }),
  }));
  return { ...report, checks };
}

function evidenceAtRunOrigin(failure: Failure): Failure {
  const evidence = failure.evidence.map((item) =>
    item.kind === 'exchange' ? { ...item, exchange: atRunOrigin(item.exchange) } : item,
  );
  return { ...failure, evidence };
}

function atRunOrigin(exchange: Exchange): Exchange {
  const { url } = exchange;
  if (!URL.canParse(url)) return exchange;
  return { ...exchange, url: `${RUN_ORIGIN}${url.slice(new URL(url).origin.length)}` };
}
