import type { Report } from '../core/report.ts';
import { jsonText } from './parts/json-text.ts';

/** The full record as one JSON document (`schemas/report.schema.json`). */
export function json(report: Report): string {
  return `${jsonText(report)}\n`;
}
