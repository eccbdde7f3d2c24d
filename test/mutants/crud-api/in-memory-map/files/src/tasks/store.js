import { randomUUID } from 'node:crypto';
import { notFound, Problem } from '../http/problems.js';

/** By id, in the order of their creation. */
const tasks = new Map();

export const all = () => [...tasks.values()].map(({ task }) => task);

export async function insert(inputs) {
  const references = inputs.map(({ reference }) => reference).filter((one) => one !== null);
  if (new Set(references).size < references.length) refuseTaken();
  for (const reference of references) refuseOthers(undefined, reference);
  const now = new Date().toISOString();
  return inputs.map((input) => {
    const id = randomUUID();
    tasks.set(id, { task: { id, ...input, createdAt: now, updatedAt: now }, version: 1 });
    return tagged(tasks.get(id));
  });
}

export async function find(id) {
  return tagged(existing(id));
}

export async function update(id, isWanted, fields) {
  const found = existing(id);
  refuseStale(found, isWanted);
  refuseOthers(found.task.id, fields.reference ?? null);
  Object.assign(found.task, fields, { updatedAt: new Date().toISOString() });
  found.version += 1;
  return tagged(found);
}

export async function remove(id, isWanted) {
  const found = existing(id);
  refuseStale(found, isWanted);
  tasks.delete(found.task.id);
}

function existing(id) {
  const found = tasks.get(id.toLowerCase());
  if (found === undefined) throw notFound('There is no task with this id.');
  return found;
}

function tagged({ task, version }) {
  return { task: { ...task }, etag: `"v${version}"` };
}

function refuseStale(found, isWanted) {
  if (!isWanted(tagged(found).etag))
    throw new Problem(412, 'The task has changed since you read it.');
}

function refuseOthers(id, reference) {
  if (reference === null) return;
  if (all().some((task) => task.reference === reference && task.id !== id)) refuseTaken();
}

function refuseTaken() {
  throw new Problem(409, 'The reference is taken.');
}
