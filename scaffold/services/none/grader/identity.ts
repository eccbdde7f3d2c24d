import { concurrently, defineStage, expect } from 'backend-labs/kit';

const NOTES = 20;

/** A world of its own: an app that gives ids twice would spoil the notes of other checks. */
export default defineStage({
  id: 'identity',
  title: 'Many notes at once',
  world: 'own',
  checks: [
    {
      id: 'ids-are-unique',
      title: 'Notes that are created at the same moment have different ids',
      points: 8,
      needs: ['keeps-note'],
      hint: 'Take ids that cannot meet (a UUID), or count in one place that counts one by one.',
      reference: {
        title: 'RFC 9562: Universally Unique IDentifiers (UUIDs)',
        url: 'https://www.rfc-editor.org/rfc/rfc9562.html',
      },
      run: async ({ http, random }) => {
        const created = await concurrently(NOTES, () =>
          http.post('/notes', { json: { text: random.title() }, note: `one of ${NOTES} at once` }),
        );
        for (const answer of created) expect(answer).toHaveStatus(201);
        const ids = created.map(({ json }) => json.id);
        expect(ids, `ids of ${NOTES} notes`, created.at(-1)).toBeUnique();
      },
    },
  ],
});
