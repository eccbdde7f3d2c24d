// Generated from schemas/lab.schema.json by "npm run generate"; do not edit.

/** labs/<id>/lab.yaml: what a lab is, what it needs and when it is passed. */
export interface LabManifest {
  /** Version of this format. */
  formatVersion: 1;
  /** Name of the lab on the command line; also of its folders in labs/, graders/ and templates/. */
  id: string;
  /** Heading of the lab, a few words. */
  title: string;
  /** One sentence that says what the learner builds. */
  summary: string;
  /** Part of the curriculum that the lab belongs to. */
  phase: 'basics' | 'intermediate' | 'advanced' | 'mastery';
  /**
   * What the lab teaches, in lower-case words.
   *
   * @minItems 1
   */
  topics: [string, ...string[]];
  /** How long the lab takes a learner of its phase, in hours. */
  hours: {
    /** For whom it is not all new. */
    min: number;
    /** For whom it is; not less than `min`. */
    max: number;
  };
  /** Percent of the points that passes the lab. */
  passingScore: number;
  /** Backing servers that run beside the app, by kind. */
  services: {
    /** A Postgres server; each world has a database of its own on it. */
    postgres?: {
      /** Major version that the lab is written for, in quotes. */
      version: string;
      /** File beside this one with SQL that is applied before the app starts. */
      schema?: string;
      /** Environment variable that gives the app the server's URL. */
      variable: string;
    };
    /** A Redis server, or one that is compatible with it; each world has its own. */
    redis?: {
      /** Version that the lab is written for, in quotes. */
      version: string;
      /** Environment variable that gives the app the server's URL. */
      variable: string;
      /** True where data outlive a crash of the server, as those of a broker do: a check may kill it and start it again. */
      durable?: boolean;
    };
  };
  /** Processes that the app must declare, by name. `web` speaks HTTP. */
  processes: {
    /** The process that speaks HTTP. Others are named beside it, such as `worker: {}`, each with or without `readiness`. */
    web: {
      /** Path that answers 200 once the process serves. */
      readiness: string;
    };
    [k: string]:
      | {
          /** Path that answers 200 once the process serves; absent for one without HTTP. */
          readiness?: string;
        }
      | {
          /** Path that answers 200 once the process serves. */
          readiness: string;
        };
  };
  /** Seconds after which waiting is given up. */
  deadlines: {
    /** For all the checks together. */
    run: number;
    /** From the start of a process until it serves. */
    ready: number;
    /** From SIGTERM until the process has ended. */
    stop: number;
  };
  /** What a submission may do and use where it runs in containers. */
  sandbox: {
    /** What the install step may connect to: the language's package registry, or nothing. */
    install: 'registry' | 'none';
    /** True where a Dockerfile in the workspace makes the app's image, in place of install and build. */
    dockerfile: boolean;
    /** Memory of each process of the app with all that it starts, in MiB. */
    memory: number;
    /** CPUs that each may keep busy; half of one is 0.5. */
    cpus: number;
    /** Processes and threads that each may have at a time. */
    pids: number;
    /** Size of /tmp, all that it may write to, in MiB. It counts as memory too. */
    tmp: number;
  };
  /** Further settings that the grader gives the app, by variable: what each means. */
  env: {
    [k: string]: string;
  };
  /** What to read first. */
  reading: {
    /** What it is called. */
    title: string;
    /** Where it is to be read. */
    url: string;
  }[];
}
