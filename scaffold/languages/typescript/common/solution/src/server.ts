import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { createNote, findNote } from './notes.js';

const server = http.createServer(async (request, response) => {
  try {
    await handle(request, response);
  } catch (error) {
    console.error(error);
    problem(response, 500, 'Internal Server Error');
  }
});

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = '/' } = request;
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
function textIn(body: string): string | undefined {
  try {
    const { text } = JSON.parse(body) as { text?: unknown };
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch {
    return undefined;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

function answer(
  response: ServerResponse,
  status: number,
  body: object,
  type = 'application/json',
): void {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, title: string): void {
  answer(response, status, { title, status }, 'application/problem+json');
}

server.listen(Number(process.env.PORT ?? 3000), '0.0.0.0');
