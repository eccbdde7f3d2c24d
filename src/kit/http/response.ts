import { describeExchange, type Exchange, type HeaderList } from '../../core/exchange.ts';
import { CheckFailure } from '../../core/failure.ts';
import { isTooDeep, MAX_DEPTH } from '../../core/json-depth.ts';
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
    throw this.failure(`the header ${name}`, 'no such header');
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /**
   * The body, parsed.
   * @throws {CheckFailure} it is not JSON
   */
  get json(): Body {
    if (isTooDeep(this.bytes))
      throw this.failure(`JSON at most ${MAX_DEPTH} levels deep`, 'deeper nesting');
    try {
      return JSON.parse(this.text) as Body;
    } catch {
      throw this.failure('a JSON body', `status ${this.status} with ${this.#describeBody()}`);
    }
  }

  #describeBody(): string {
    if (this.bytes.length === 0) return 'an empty body';
    const encoding = this.header('content-encoding');
    if (encoding !== undefined)
      return `a body in the encoding ${shown(encoding, 40)}, which the request does not accept`;
    if (this.text.startsWith('\ufeff')) return 'a body that begins with a byte order mark';
    return `the body ${shown(this.text, 80)}`;
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
