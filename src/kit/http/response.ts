import { describeExchange, type Exchange, type HeaderList } from '../../core/exchange.ts';
import { CheckFailure } from '../../core/failure.ts';
import { shown } from '../shown.ts';

/** An answer, read to its end. */
export class Response<Body = any> {
  readonly status: number;
  readonly headers: HeaderList;
  /** The body as it came, not inflated. */
  readonly bytes: Buffer;
  /** The record of the request that it answers. */
  readonly exchange: Exchange;

  constructor(status: number, headers: HeaderList, bytes: Buffer, exchange: Exchange) {
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
    this.exchange = exchange;
  }

  /** Value of a header, its lines joined by `, `; undefined if it is not there. */
  header(name: string): string | undefined {
    const wanted = name.toLowerCase();
    const values = this.headers.filter(([key]) => key === wanted).map(([, value]) => value);
    return values.length === 0 ? undefined : values.join(', ');
  }

  /** @throws {CheckFailure} the header is not there */
  requiredHeader(name: string): string {
    const value = this.header(name);
    if (value !== undefined) return value;
    throw this.failure(`a ${name} header`, 'none');
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /**
   * The body, parsed.
   * @throws {CheckFailure} it is not JSON
   */
  get json(): Body {
    try {
      return JSON.parse(this.text) as Body;
    } catch {
      const got = this.bytes.length === 0 ? 'an empty body' : `the body ${shown(this.text, 80)}`;
      throw this.failure('a JSON body', `status ${this.status} with ${got}`);
    }
  }

  failure(expected: string, actual: string, hint?: string): CheckFailure {
    return new CheckFailure({
      action: describeExchange(this.exchange),
      expected,
      actual,
      evidence: [{ kind: 'exchange', exchange: this.exchange }],
      ...(hint !== undefined && { hint }),
    });
  }
}
