import { defineStage, expect } from 'backend-labs/kit';
import { createTask, forAll, readTask } from './api.ts';
import { rfc } from './reading.ts';
import { newTask, otherThan, type TaskInput } from './task.ts';

export default defineStage({
  id: 'conditions',
  title: 'ETags and conditional requests',
  world: 'shared',
  checks: [
    {
      id: 'etag-follows-changes',
      title: 'The ETag stays while the task stays and is new after each change',
      points: 2,
      needs: ['replaces-task', 'patches-task'],
      hint: 'Make it from the row’s `version`, which each UPDATE raises by one, a change of tags alone included. A constant, or a time of a whole second, is not enough.',
      reference: rfc(9110, '8.8.3', 'ETag'),
      run: async ({ http, random }) => {
        const created = await createTask(http, newTask(random));
        const { id, ...before } = created.json;
        // Strong (RFC 9110, section 8.8.1): a weak one cannot guard a write.
        expect(created).toHaveHeader('ETag', /^"[!#-~]*"$/);
        const first = created.requiredHeader('ETag');
        const seen = [first];
        expect(await readTask(http, { id }, { note: 'unchanged' })).toHaveHeader('ETag', first);
        const follow = async (method: string, json: Partial<TaskInput>) => {
          const note = `which changes ${Object.keys(json)}`;
          const changed = await http.request(method, `/tasks/${id}`, { json, note });
          expect(changed).toHaveStatus(200);
          const tag = changed.requiredHeader('ETag');
          if (seen.includes(tag))
            throw changed.failure(
              'a new ETag, since the task has changed',
              `ETag: ${tag}, as before`,
            );
          seen.push(tag);
          const found = await readTask(http, { id }, { note: 'after the change' });
          expect(found).toHaveHeader('ETag', tag);
        };
        const after = otherThan(random, before);
        for (const field of random.shuffle(Object.keys(after) as (keyof TaskInput)[]))
          await follow('PATCH', { [field]: after[field] });
        await follow('PATCH', { tags: [...after.tags].reverse() });
        await follow('PUT', newTask(random));
        await follow('PUT', newTask(random));
      },
    },
    {
      id: 'not-modified-is-304',
      title: 'If-None-Match with the task’s ETag is 304 without a body',
      points: 1,
      needs: ['etag-follows-changes', 'errors-are-problems'],
      hint: 'The header is `*` or a list of tags, each perhaps with W/ before it, which does not count here. The 304 carries the ETag and no body.',
      reference: rfc(9110, '13.1.2', 'If-None-Match'),
      run: async ({ http, random }) => {
        const created = await createTask(http, newTask(random));
        const path = `/tasks/${created.json.id}`;
        const etag = created.requiredHeader('ETag');
        const get = (tags: string) =>
          http.get(path, { headers: { 'if-none-match': tags }, note: `If-None-Match: ${tags}` });
        await forAll(
          [etag, `W/${etag}`, `"x", ${etag}`, `"x,y",W/${etag} , "z"`, '*'],
          async (tags) => {
            const unchanged = await get(tags);
            expect(unchanged).toHaveStatus(304);
            expect(unchanged).toHaveEmptyBody();
            expect(unchanged).toHaveHeader('ETag', etag);
          },
        );
        for (const tags of [`"${random.word()}"`, `W/"${random.word()}", "${random.word()}"`]) {
          const found = await get(tags);
          expect(found).toHaveStatus(200);
          expect(found).toHaveJson(created.json);
        }
        const title = random.title();
        expect(await http.patch(path, { json: { title } })).toHaveStatus(200);
        const changed = await get(etag);
        expect(changed).toHaveStatus(200);
        expect(changed).toHaveJson({ title });
        const nobody = `/tasks/${random.uuid()}`;
        expect(await http.get(nobody, { headers: { 'if-none-match': '*' } })).toBeProblem(404);
      },
    },
    {
      id: 'stale-write-is-412',
      title: 'A write with an ETag that the task no longer has is 412 and changes nothing',
      points: 2,
      needs: ['etag-follows-changes', 'deletes-task'],
      hint: 'PUT, PATCH and DELETE compare If-Match with the ETag of the row that they are about to change, and stop before they change it.',
      reference: rfc(9110, '13.1.1', 'If-Match'),
      run: async ({ http, random }) => {
        const created = await createTask(http, newTask(random));
        const path = `/tasks/${created.json.id}`;
        const old = { 'if-match': created.requiredHeader('ETag') };
        const note = 'with the current ETag';
        const first = await http.patch(path, {
          json: { title: random.title() },
          headers: old,
          note,
        });
        expect(first).toHaveStatus(200);
        const stale = { headers: old, note: 'with the ETag from before the change' };
        expect(await http.put(path, { json: newTask(random), ...stale })).toBeProblem(412);
        expect(await http.patch(path, { json: { title: 'stale' }, ...stale })).toBeProblem(412);
        expect(await http.delete(path, stale)).toBeProblem(412);
        const found = await readTask(http, created.json, { note: 'after what was refused' });
        expect(found).toHaveJson(first.json);

        const current = { 'if-match': found.requiredHeader('ETag') };
        const replaced = await http.put(path, { json: newTask(random), headers: current, note });
        expect(replaced).toHaveStatus(200);
        const last = { 'if-match': replaced.requiredHeader('ETag') };
        expect(await http.delete(path, { headers: last, note })).toHaveStatus(204);
      },
    },
    {
      id: 'if-match-takes-lists',
      title: 'If-Match takes *, lists and strong tags only; without the task it is 404',
      points: 1,
      needs: ['stale-write-is-412'],
      hint: 'Parse the header: `*`, or tags with commas between them (and perhaps within). Unlike If-None-Match it compares strongly: W/"x" equals nothing.',
      reference: rfc(9110, '8.8.3.2', 'Comparison'),
      run: async ({ http, random }) => {
        const { id } = (await createTask(http, newTask(random))).json;
        const path = `/tasks/${id}`;
        const patch = async (form: (etag: string) => string) => {
          const etag = (await readTask(http, { id })).requiredHeader('ETag');
          const tags = form(etag);
          const headers = { 'if-match': tags };
          const note = `If-Match: ${tags}`;
          return http.patch(path, { json: { title: random.title() }, headers, note });
        };
        expect(await patch(() => '*')).toHaveStatus(200);
        expect(await patch((etag) => `"x", ${etag}`)).toHaveStatus(200);
        expect(await patch((etag) => `"x,y" ,${etag},"z"`)).toHaveStatus(200);
        expect(await patch(() => `"${random.word()}"`)).toBeProblem(412);
        expect(await patch((etag) => `W/${etag}`)).toBeProblem(412);
        expect(await patch((etag) => etag.slice(1, -1) || 'x')).toBeProblem(400, 412);
        for (const tags of ['*', '"x"']) {
          const nobody = `/tasks/${random.uuid()}`;
          const headers = { 'if-match': tags };
          expect(await http.put(nobody, { json: newTask(random), headers })).toBeProblem(404);
          expect(await http.patch(nobody, { json: {}, headers })).toBeProblem(404);
          expect(await http.delete(nobody, { headers })).toBeProblem(404);
        }
      },
    },
  ],
});
