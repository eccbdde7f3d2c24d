-- The tables of the lab. They exist before your app starts.
-- You may add indexes, columns that have a default, and tables of your own; keep what is here.

CREATE TABLE jobs (
  id           uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
  type         text           NOT NULL,
  -- json, not jsonb: it keeps the text as it was.
  payload      json           NOT NULL,
  -- 1 goes first.
  priority     smallint       NOT NULL DEFAULT 5 CHECK (priority BETWEEN 1 AND 9),
  status       text           NOT NULL DEFAULT 'queued'
               CHECK (status IN ('queued', 'running', 'completed', 'dead', 'cancelled')),
  -- How many have begun, and how many may.
  attempts     integer        NOT NULL DEFAULT 0,
  max_attempts integer        NOT NULL,
  progress     smallint       NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  result       json,
  error        text,
  created_at   timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- No attempt begins before.
  run_at       timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- Of the first attempt.
  started_at   timestamptz(3),
  finished_at  timestamptz(3),

  -- Yours alone, as you need them: the grader neither reads nor writes these.
  enqueued_at     timestamptz,
  next_attempt_at timestamptz,
  lease_token     uuid,
  lease_until     timestamptz
);

CREATE INDEX jobs_by_status ON jobs (status, run_at);

-- The ledger: who worked on what, when, and what came of it. The grader judges by it. You insert
-- and, for attempts, update; the times are filled in below, by the one clock of the database.
-- There is no unique constraint here, so that what happens twice shows twice. Leave it so.

-- A row for each attempt, committed before the work begins.
CREATE TABLE attempts (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id     uuid        NOT NULL REFERENCES jobs (id),
  -- 1 for the first attempt of the job.
  attempt    integer     NOT NULL,
  -- PROCESS_NAME of the process that makes the attempt.
  worker     text        NOT NULL,
  started_at timestamptz NOT NULL,
  -- Set outcome, and ended_at comes with it.
  outcome    text        CHECK (outcome IN ('completed', 'failed', 'lost')),
  ended_at   timestamptz,
  error      text
);

CREATE INDEX attempts_by_job ON attempts (job_id);

-- A row for what a job has done to the world, in the transaction that completes the job. Think of a payment.
CREATE TABLE effects (
  id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id  uuid        NOT NULL REFERENCES jobs (id),
  attempt integer     NOT NULL,
  worker  text        NOT NULL,
  done_at timestamptz NOT NULL
);

CREATE INDEX effects_by_job ON effects (job_id);

CREATE FUNCTION stamp_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.started_at := clock_timestamp();
    NEW.ended_at := NULL;
  ELSE
    NEW.started_at := OLD.started_at;
    NEW.ended_at := OLD.ended_at;
  END IF;
  IF NEW.outcome IS NOT NULL AND NEW.ended_at IS NULL THEN
    NEW.ended_at := clock_timestamp();
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION stamp_effect() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.done_at := clock_timestamp();
  RETURN NEW;
END $$;

CREATE FUNCTION refuse_to_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger only grows: % of % is refused', TG_OP, TG_TABLE_NAME;
END $$;

CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON attempts FOR EACH ROW EXECUTE FUNCTION stamp_attempt();
CREATE TRIGGER stamp BEFORE INSERT ON effects FOR EACH ROW EXECUTE FUNCTION stamp_effect();
CREATE TRIGGER keep BEFORE DELETE OR TRUNCATE ON attempts FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_forget();
CREATE TRIGGER keep BEFORE UPDATE OR DELETE OR TRUNCATE ON effects FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_forget();
