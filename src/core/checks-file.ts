// Generated from schemas/checks.schema.json by "npm run generate"; do not edit.

/** Path, or a URL of the app such as a captured Location. */
export type Path = string;

/** graders/<lab>/checks.yaml: checks that are sequences of requests, without code. `$name` in a text stands for a value or for what an earlier step captured; `$$` is a dollar sign. */
export interface ChecksFile {
  /** Version of this format. */
  formatVersion: 1;
  /** Id of the lab; also the name of the folder. */
  lab: string;
  values?: Values;
  /** Whom requests can be sent `as`, by name. */
  users?: {
    [k: string]: User;
  };
  /**
   * Groups of checks. One that index.ts has too becomes one with it.
   *
   * @minItems 1
   */
  stages: [Stage, ...Stage[]];
}
/** Data by name, made anew for each check: as it stands, with other values in it, or drawn from the run's seed: `{ random: title }` (some words), `word`, `uuid`, `{ word: 12 }` (so many letters), `{ integer: [1, 5] }` (both included), `{ pick: [a, b] }`. */
export interface Values {
  [k: string]: unknown;
}
/** Somebody who sends requests, made anew for each check that needs them. */
export interface User {
  values?: Values;
  /**
   * What makes the user known, such as registering and logging in.
   *
   * @minItems 1
   */
  steps?: [Step, ...Step[]];
  /** Sent with every request of theirs. */
  headers: {
    [k: string]: string;
  };
}
/** A request, or a query of the lab's database. */
export interface Step {
  GET?: Path;
  HEAD?: Path;
  POST?: Path;
  PUT?: Path;
  PATCH?: Path;
  DELETE?: Path;
  OPTIONS?: Path;
  /** One statement, sent past the proxy; what `$name` stands for goes as a parameter. */
  sql?: string;
  /** What failures say of this step. */
  note?: string;
  /** One of `users`. */
  as?: string;
  /** The process that is asked; web.1 where nothing is said. */
  instance?: string;
  /** Parameters of the URL, encoded as they must be. */
  query?: {
    [k: string]: string | number;
  };
  /** Sent with this request, over those of `as`. */
  headers?: {
    [k: string]: string;
  };
  /** Body, sent as application/json. */
  json?: unknown;
  /** Body, sent as it is. */
  body?: string;
  /** Seconds within which the step must go as expected; it is tried again and again. */
  eventually?: number;
  expect?: Expect;
  /** What the query gives, in this order; of each row the columns that are named. */
  rows?: {
    [k: string]: unknown;
  }[];
  /** Names for parts of the answer: `/id` (a JSON Pointer into the body), `body` (all of it), `header ETag`; of a query `/0/id`. */
  capture?: {
    [k: string]: string;
  };
}
/** What must hold of the answer. Where nothing is said of the status, it is 200 to 299. */
export interface Expect {
  /** The status, or those that are right. */
  status?: number | [number, ...number[]];
  /** Such a status, and application/problem+json (RFC 9457) with it. */
  problem?: number | [number, ...number[]];
  /** A value; `true`: it is there; `false`: it is not; `{ matches: regular expression }`. */
  headers?: {
    [k: string]:
      | string
      | boolean
      | {
          matches: string;
        };
  };
  /** Members that the body has, each compared by value; `/items/0/id` is a JSON Pointer. What is no mapping, and what was captured, is the whole body. */
  json?: unknown;
  /** Members, or JSON Pointers, with what they are. */
  types?: {
    [k: string]:
      | 'string'
      | 'integer'
      | 'number'
      | 'boolean'
      | 'array'
      | 'object'
      | 'null'
      | 'uuid'
      | 'date'
      | 'date-time';
  };
  /** JSON Schema (2020-12) of the body. */
  schema?:
    | {
        [k: string]: unknown;
      }
    | boolean;
  /** The body as it came; "" is none. */
  body?: string;
}
/** Checks that belong together, and the world in which they run. */
export interface Stage {
  /** Lower-case words joined by hyphens. */
  id: string;
  /** Heading in the report; absent where index.ts says it. */
  title?: string;
  /** `shared`: checks run side by side, each with data of its own. `own`: an app and databases that no other stage touches, one check after another. */
  world: 'shared' | 'own';
  /** How many of each process run, in an own world. */
  instances?: {
    [k: string]: number;
  };
  /** Keeps from the report what the checks send, get and expect, and the app's log; in an own world. */
  details?: 'withheld';
  /**
   * In the order in which a learner should read them.
   *
   * @minItems 1
   */
  checks: [Check, ...Check[]];
}
/** One behaviour. */
export interface Check {
  /** Unique in its lab, lower-case words joined by hyphens. */
  id: string;
  /** A sentence that says what holds when the check passes. */
  title: string;
  /** What passing it is worth. */
  points: number;
  /** Ids of the checks that must pass before this one is worth trying. */
  needs?: string[];
  /** The way on for a learner. */
  hint: string;
  /** What to read. */
  reference: {
    /** What it is called. */
    title: string;
    /** Where it is to be read. */
    url: string;
  };
  /** Seconds for all of its steps; half a minute where nothing is said. */
  timeout?: number;
  values?: Values;
  /**
   * What is done, one after another; the check passes if all of it goes as expected.
   *
   * @minItems 1
   */
  steps: [Step, ...Step[]];
}
