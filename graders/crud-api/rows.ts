import type { Sql } from 'backend-labs/kit';

/** A task as another program would write it; what is left out goes to the column's default. */
export type Row = {
  id: string;
  title: string;
  priority: number;
  createdAt: string;
  tags: string[];
};

export async function insertRows(sql: Sql, rows: readonly Row[]): Promise<void> {
  const column = <Key extends keyof Row>(name: Key) => rows.map((row) => row[name]);
  const tags = rows.flatMap(({ id, tags }) => tags.map((tag, i) => ({ id, tag, position: i * 3 })));
  // One statement: nobody may see a task without its tags.
  await sql`
    WITH inserted AS (
      INSERT INTO tasks (id, title, priority, created_at, updated_at)
      SELECT id, title, priority, created_at, created_at
      FROM unnest(
        ${column('id')}::uuid[], ${column('title')}::text[], ${column('priority')}::smallint[],
        ${column('createdAt')}::timestamptz[]
      ) AS t (id, title, priority, created_at)
    )
    INSERT INTO task_tags (task_id, position, tag)
    SELECT * FROM unnest(
      ${tags.map(({ id }) => id)}::uuid[], ${tags.map(({ position }) => position)}::smallint[],
      ${tags.map(({ tag }) => tag)}::text[]
    )`;
}
