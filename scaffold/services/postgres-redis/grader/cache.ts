import { defineStage, expect } from 'backend-labs/kit';

/** A world of its own: no other check's statements are counted. */
export default defineStage({
  id: 'cache',
  title: 'Reading twice',
  world: 'own',
  checks: [
    {
      id: 'second-read-is-cached',
      title: 'A note that was read is read again without asking Postgres',
      points: 8,
      needs: ['keeps-note'],
      hint: 'Look into Redis first. Where it has nothing, ask Postgres, and store the answer in Redis before you send it.',
      reference: {
        title: 'Redis: query caching',
        url: 'https://redis.io/learn/howtos/solutions/microservices/caching',
      },
      run: async ({ http, postgres, random }) => {
        const text = random.title();
        const created = await http.post('/notes', { json: { text } });
        expect(created).toHaveStatus(201);
        const path = `/notes/${created.json.id}`;
        expect(await http.get(path)).toHaveStatus(200);
        const { result, statements } = await postgres.during(() =>
          http.get(path, { note: 'for the second time' }),
        );
        expect(result).toHaveStatus(200);
        expect(result).toHaveJson({ text });
        expect(statements.length, 'the number of SQL statements', result).toBe(0);
      },
    },
  ],
});
