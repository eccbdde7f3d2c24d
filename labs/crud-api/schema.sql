-- The tables of the lab. They exist before your app starts.
-- You may add indexes, or columns that have a default; keep what is here.

CREATE TABLE tasks (
  id          uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
  reference   text           UNIQUE,
  title       text           NOT NULL,
  description text,
  status      text           NOT NULL DEFAULT 'todo' CHECK (status IN ('todo', 'doing', 'done')),
  priority    smallint       NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5),
  due_on      date,
  -- Goes up by one with each change of the task or of its tags; the ETag comes from it.
  version     integer        NOT NULL DEFAULT 1,
  -- Milliseconds, so that what a client sees is exactly what the list is sorted by.
  created_at  timestamptz(3) NOT NULL DEFAULT now(),
  updated_at  timestamptz(3) NOT NULL DEFAULT now()
);

CREATE INDEX tasks_by_created_at ON tasks (created_at, id);
CREATE INDEX tasks_by_priority   ON tasks (priority, id);

CREATE TABLE task_tags (
  task_id  uuid     NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
  -- Where the tag stands in the task's list. Only the order counts; gaps are fine.
  position smallint NOT NULL,
  tag      text     NOT NULL,
  PRIMARY KEY (task_id, position)
);

CREATE INDEX task_tags_by_tag ON task_tags (tag, task_id);

-- Yours alone: the grader neither reads nor writes it, so reshape it as you like.
CREATE TABLE idempotency_keys (
  key          text        PRIMARY KEY,
  request_hash text        NOT NULL,
  -- What to answer to a replay. json, not jsonb: it keeps the text as it was.
  response     json,
  created_at   timestamptz NOT NULL DEFAULT now()
);
