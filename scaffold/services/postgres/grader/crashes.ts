import { defineStage, expect } from 'backend-labs/kit';

/** A world of its own, whose app may be killed. */
export default defineStage({
  id: 'crashes',
  title: 'The app crashes',
  world: 'own',
  checks: [
    {
      id: 'survives-a-crash',
      title: 'A note outlives the process that created it',
      points: 8,
      needs: ['keeps-note'],
      hint: 'Answer 201 when Postgres has the note, not before; keep nothing in the memory of the app alone.',
      reference: {
        title: 'The Twelve-Factor App: Processes',
        url: 'https://12factor.net/processes',
      },
      run: async ({ http, app, random }) => {
        const text = random.title();
        const created = await http.post('/notes', { json: { text } });
        expect(created).toHaveStatus(201);
        await app.web.kill();
        await app.web.start();
        const read = await http.get(`/notes/${created.json.id}`, { note: 'after kill -9' });
        expect(read).toHaveStatus(200);
        expect(read).toHaveJson({ text });
      },
    },
  ],
});
