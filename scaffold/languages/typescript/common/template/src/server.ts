import http, { type ServerResponse } from 'node:http';

const server = http.createServer((request, response) => {
  if (request.method === 'GET' && request.url === '/healthz')
    return answer(response, 200, { status: 'ok' });

  // TODO: answer what openapi.yaml documents. `npx labs grade` tries it; each failure says what was sent, what was
  // expected and what came.
  answer(response, 404, { title: 'Not Found', status: 404 });
});

function answer(response: ServerResponse, status: number, body: object): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

server.listen(Number(process.env.PORT ?? 3000), '0.0.0.0');
