import http from 'node:http';
import { createNote, findNote } from './notes.js';

const server = http.createServer(async (request, response) => {
  try {
    await handle(request, response);
  } catch (error) {
    console.error(error);
    problem(response, 500, 'Internal Server Error');
  }
});

async function handle(request, response) {
  const { method, url } = request;
  if (method === 'GET' && url === '/healthz') return answer(response, 200, { status: 'ok' });
  if (method === 'POST' && url === '/notes') {
    const text = textIn(await bodyOf(request));
    if (text === undefined) return problem(response, 400, 'A note is {"text": "…"}');
    return answer(response, 201, await createNote(text));
  }
  const [, id] = /^\/notes\/([^/?]+)$/.exec(url) ?? [];
  const note = method === 'GET' && id !== undefined ? await findNote(id) : undefined;
  return note === undefined ? problem(response, 404, 'Not Found') : answer(response, 200, note);
}

/** The text of a new note; undefined where the body is none. */
function textIn(body) {
  try {
    const { text } = JSON.parse(body);
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch {
    return undefined;
  }
}

async function bodyOf(request) {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

function answer(response, status, body, type = 'application/json') {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

function problem(response, status, title) {
  answer(response, status, { title, status }, 'application/problem+json');
}

server.listen(Number(process.env.PORT ?? 3000), '0.0.0.0');
