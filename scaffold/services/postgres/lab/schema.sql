-- The tables of the lab. They exist before the app starts.

CREATE TABLE notes (
  id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  text text NOT NULL
);
