import { CheckFailure, type OwnContext } from 'backend-labs/kit';

/** What the contract gives an app that cannot start, and the machine. */
const WITHIN_MS = 5_000;
const ROOM_MS = 10_000;

/** Starts the second instance with a setting that it must not accept. It is left as it ended. */
export async function expectNoStart(
  { app }: OwnContext,
  env: Readonly<Record<string, string>>,
  how: string,
): Promise<void> {
  const process = app.process('web.2');
  await process.kill();
  const before = process.log().length;
  const action = `start ${process.name} ${how}`;
  const evidence = () => [
    { kind: 'log' as const, source: process.name, lines: process.log().slice(-20) },
  ];
  const expected = `it to exit with a code other than 0 within ${WITHIN_MS / 1_000} s, and to serve nothing`;
  const exit = await process
    .startWith(env, { withinMs: WITHIN_MS + ROOM_MS })
    .catch((error: unknown) => {
      if (!(error instanceof CheckFailure)) throw error;
      throw new CheckFailure({ ...error.failure, action, expected });
    });
  if (exit === undefined) {
    await process.kill();
    throw new CheckFailure({ action, expected, actual: 'it serves', evidence: evidence() });
  }
  const said = process.log().slice(before);
  const because = (actual: string, wanted = expected) =>
    new CheckFailure({ action, expected: wanted, actual, evidence: evidence() });
  if (exit.code === 0) throw because('it exited with code 0');
  if (!said.some(({ stream, text }) => stream === 'stderr' && text.trim() !== ''))
    throw because('nothing there', 'the reason on standard error');
  const secrets = Object.values(env).flatMap(linesOf);
  if (secrets.some((secret) => said.some(({ text }) => text.includes(secret))))
    throw because('the value itself', 'the reason on standard error, without the value');
}

/** Those of a value that say something: of a PEM, not what stands around the key. */
function linesOf(value: string): string[] {
  return value.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
}
