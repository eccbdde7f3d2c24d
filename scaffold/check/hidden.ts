import { defineStage, expect } from 'backend-labs/kit';

export default defineStage({
  id: 'my-check',
  title: 'My check',
  world: 'own',
  details: 'withheld',
  checks: [
    {
      id: 'my-check',
      title: 'My check',
      points: 1,
      // Checks that must pass before this one is worth trying.
      needs: ['first-check'],
      hint: 'What a learner whose app fails here should do next.',
      reference: {
        title: 'HTTP Semantics (RFC 9110)',
        url: 'https://www.rfc-editor.org/rfc/rfc9110.html',
      },
      // What is done, and what must hold: write yours in the place of this, which every app passes.
      run: async ({ http }) => {
        const answer = await http.get('/healthz');
        expect(answer).toHaveStatus(200);
      },
    },
  ],
});
