import { badRequest } from '../http/problems.js';
import { readCursor, writeCursor } from './cursor.js';
import { all } from './store.js';
import { isText } from './validation.js';

const SORTS = ['createdAt', '-createdAt', 'priority', '-priority'];

/** @param {Record<string, unknown>} raw the query of the request */
export async function page(raw) {
  const { limit, sort, cursor, filters } = parse(raw);
  const field = sort.replace('-', '');
  const compare = (a, b) => {
    const ascending = a[0] === b[0] ? (a[1] < b[1] ? -1 : 1) : a[0] < b[0] ? -1 : 1;
    return sort.startsWith('-') ? -ascending : ascending;
  };
  const place = (task) => [task[field], task.id];
  const isBehind = (task) =>
    cursor.id !== task.id && compare(place(task), [cursor.value, cursor.id]) > 0;
  const found = all()
    .filter((task) => filters.every((matches) => matches(task)))
    .filter((task) => cursor === undefined || isBehind(task))
    .sort((a, b) => compare(place(a), place(b)));
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = found.length > limit ? writeCursor(sort, last[field], last.id) : null;
  return { items, nextCursor };
}

function parse({ limit = '20', sort = '-createdAt', cursor, status, priority, tag, ...others }) {
  if (Object.keys(others).length > 0) throw badRequest('There is no such parameter.');
  if (!isNumber(limit, 1, 100)) throw badRequest('limit is a number from 1 to 100.');
  if (!SORTS.includes(sort)) throw badRequest(`sort is one of ${SORTS.join(', ')}.`);
  const filters = [];
  if (status !== undefined) {
    if (!['todo', 'doing', 'done'].includes(status)) throw badRequest('There is no such status.');
    filters.push((task) => task.status === status);
  }
  if (priority !== undefined) {
    if (!isNumber(priority, 1, 5)) throw badRequest('priority is a number from 1 to 5.');
    filters.push((task) => task.priority === Number(priority));
  }
  if (tag !== undefined) {
    if (!isText(tag, 1, 40)) throw badRequest('No task can have this tag.');
    filters.push((task) => task.tags.includes(tag));
  }
  const from = cursor === undefined ? undefined : readCursor(cursor, sort);
  return { limit: Number(limit), sort, filters, cursor: from };
}

const isNumber = (text, least, most) =>
  /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most;
