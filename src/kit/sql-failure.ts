import type { DatabaseError } from 'pg';
import { describeExchange, type Exchange } from '../core/exchange.ts';
import { CheckFailure } from '../core/failure.ts';
import { shown } from './shown.ts';

/** What the grader asked, and what it had heard from the app by then. */
export interface Asked {
  statement: string;
  values: readonly unknown[];
  exchanges: readonly Exchange[];
  tries: number;
}

/** A statement that Postgres refuses for what it met there: the app's tables, values or transactions. */
export function sqlFailure(error: DatabaseError, asked: Asked): CheckFailure {
  const said = `${error.message} (SQLSTATE ${error.code})`;
  return new CheckFailure({
    action: `the grader's own SQL: ${asked.statement}`,
    actual: asked.tries === 1 ? said : `${said}, ${asked.tries} times`,
    evidence: [],
    ...accountOf(error, asked),
  });
}

/** By the class of the SQLSTATE (PostgreSQL documentation, appendix "Error Codes"). */
function accountOf({ code = '', message }: DatabaseError, { values, exchanges }: Asked) {
  if (code.startsWith('22')) return wrongValue(origin(message, values, exchanges));
  if (code.startsWith('40'))
    return {
      expected: 'room for it beside the transactions of the app',
      hint: 'End every transaction soon, and have all of them lock rows in the same order: then none waits for one that waits for it.',
    };
  return {
    expected: 'tables as schema.sql makes them',
    hint: 'Leave the tables of schema.sql as they are; add tables of your own beside them.',
  };
}

function wrongValue(source: { value: string; exchange: Exchange } | undefined) {
  const expected = "a value of the column's type";
  if (source === undefined)
    return {
      expected,
      hint: 'Where the value is from an answer of the app, compare that with openapi.yaml; and leave the columns of schema.sql as they are.',
    };
  const { value, exchange } = source;
  return {
    expected,
    evidence: [{ kind: 'exchange' as const, exchange }],
    hint: `${shown(value, 80)} is from the answer to ${describeExchange(exchange)}: give what openapi.yaml says there, as it stands in the table.`,
  };
}

/** The value that Postgres quotes, and the last answer that has it in its headers or its body. */
function origin(message: string, values: readonly unknown[], exchanges: readonly Exchange[]) {
  const texts = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  const value = texts.find((text) => text !== undefined && message.includes(`"${text}"`));
  if (value === undefined) return undefined;
  const exchange = exchanges.findLast(({ response }) => {
    if (response === undefined) return false;
    const { headers, body } = response;
    const written = JSON.stringify(value).slice(1, -1);
    return body.text.includes(written) || headers.some(([, text]) => text.includes(value));
  });
  return exchange && { value, exchange };
}
