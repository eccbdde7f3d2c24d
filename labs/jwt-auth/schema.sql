-- The tables of the lab. They exist before your app starts.
-- You may add indexes, columns that have a default, and tables; keep what is here of `users` and `notes`.

CREATE TABLE users (
  id            uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
  -- In lower case.
  email         text           NOT NULL UNIQUE,
  name          text           NOT NULL,
  -- One of the forms that the contract lists: algorithm, cost, salt and hash in one string.
  password_hash text           NOT NULL,
  -- What decides. The claim in a token is a copy.
  role          text           NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
  created_at    timestamptz(3) NOT NULL DEFAULT now()
);

CREATE TABLE notes (
  id         uuid           PRIMARY KEY DEFAULT gen_random_uuid(),
  owner_id   uuid           NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title      text           NOT NULL,
  body       text           NOT NULL DEFAULT '',
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);

CREATE INDEX notes_by_owner ON notes (owner_id, created_at DESC, id);

-- Yours alone from here on: the grader looks only for secrets in clear, so reshape them as you like. Whatever
-- hangs on an account goes with it: the grader deletes rows of `users`.

-- One row for each log-in: the family of its refresh tokens, and what `sid` names.
CREATE TABLE sessions (
  id         uuid        PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id    uuid        NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

CREATE TABLE refresh_tokens (
  -- SHA-256 of the token: it has 256 random bits, so that nothing slower is needed.
  token_hash bytea       PRIMARY KEY,
  session_id uuid        NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
