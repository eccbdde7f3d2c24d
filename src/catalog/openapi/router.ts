/** Finds the path template that a request's path fits; the most literal wins. */
export class Router<T> {
  readonly #routes: Route<T>[];

  /** @param entries path templates such as `/tasks/{id}`, and what each leads to */
  constructor(entries: Iterable<readonly [template: string, target: T]>) {
    this.#routes = Array.from(entries, ([template, target]) => routeOf(template, target)).sort(
      // `0` marks a literal and sorts before `1`, segment by segment.
      (a, b) => (a.rank < b.rank ? -1 : 1),
    );
  }

  match(path: string): T | undefined {
    const segments = path.split('/').map(decoded);
    return this.#routes.find(
      ({ patterns }) =>
        patterns.length === segments.length &&
        patterns.every((pattern, index) => pattern.test(segments[index] as string)),
    )?.target;
  }

  targets(): T[] {
    return this.#routes.map(({ target }) => target);
  }

  /** Two templates that fit the same paths, such as `/tasks/{id}` and `/tasks/{name}`. */
  ambiguity(): [string, string] | undefined {
    const seen = new Map<string, string>();
    for (const { template } of this.#routes) {
      const shape = template.replace(/\{[^}]*\}/g, '{}');
      const other = seen.get(shape);
      if (other !== undefined) return [other, template];
      seen.set(shape, template);
    }
    return undefined;
  }
}

interface Route<T> {
  template: string;
  patterns: RegExp[];
  rank: string;
  target: T;
}

function routeOf<T>(template: string, target: T): Route<T> {
  const segments = template.split('/');
  return {
    template,
    patterns: segments.map(patternOf),
    rank: segments.map((segment) => (segment.includes('{') ? '1' : '0')).join(''),
    target,
  };
}

function patternOf(segment: string): RegExp {
  const source = segment
    .split(/(\{[^}]*\})/)
    .map((part) => (part.startsWith('{') ? '.+' : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, 's');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
