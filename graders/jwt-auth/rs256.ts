import {
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  verify,
} from 'node:crypto';
import {
  CheckFailure,
  defineStage,
  expect,
  type Listener,
  type OwnContext,
  type Response,
} from 'backend-labs/kit';
import { refresh, type Session, signUp, type Tokens } from './accounts.ts';
import { anyOf, bothOf, expectRefused, expectTaken, type Forgery, withToken } from './asking.ts';
import { attackerKeys } from './forgeries.ts';
import { CONFIG, rfc } from './reading.ts';
import { expectNoStart } from './start.ts';
import { assemble, changed, decode, hmac, signed } from './tokens.ts';

interface Keys {
  current: KeyObject;
  retired: KeyObject;
  /** What follows the current one. */
  next: KeyObject;
}

let made: Keys | undefined;

/** Made once, not from the seed: RSA keys take long, and which they are makes no difference. */
function keys(): Keys {
  const key = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  made ??= { current: key(), retired: key(), next: key() };
  return made;
}

const pem = (key: KeyObject, type: 'pkcs8' | 'spki') =>
  key.export({ type, format: 'pem' }).toString();

const NONE_IS_NO_ALGORITHM =
  'Tell the library that RS256 is the one algorithm you take: a token that says `none` then fails before its signature is looked at.';

export default defineStage({
  id: 'rs256',
  title: 'RS256, and keys that anybody may see',
  world: 'own',
  env: () => ({
    JWT_ALG: 'RS256',
    JWT_SECRET: '',
    JWT_PRIVATE_KEY: pem(keys().current, 'pkcs8'),
    JWT_RETIRED_PUBLIC_KEY: pem(createPublicKey(keys().retired), 'spki'),
  }),
  checks: [
    {
      id: 'publishes-keys',
      title:
        'GET /.well-known/jwks.json has both public keys, each with its `kid`, and nothing private',
      points: 1,
      needs: ['answers-health'],
      hint: 'Export the public halves as JWK (`exportJWK` of the public key), with a `kid` that follows from the key, such as its thumbprint (RFC 7638): the same on every instance.',
      reference: rfc(7517, '5', 'JWK Set Format'),
      run: async ({ http }) => {
        const sets = await Promise.all(bothOf(http).map((instance) => instance.get(JWKS)));
        const kids = sets.map((set) => {
          expect(set).toHaveStatus(200);
          const published = publishedKeys(set);
          for (const jwk of published)
            for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])
              if (jwk[secret] !== undefined)
                throw set.failure('public keys alone', `a key with "${secret}", which is private`);
          return [keys().current, keys().retired].map((key, i) => {
            const { n } = createPublicKey(key).export({ format: 'jwk' });
            const jwk = published.find((each) => each.n === n);
            if (jwk === undefined)
              throw set.failure(
                i === 0
                  ? 'the public key of JWT_PRIVATE_KEY in the set'
                  : 'the key of JWT_RETIRED_PUBLIC_KEY in the set',
                `${published.length} keys, and it is none of them`,
              );
            return jwk['kid'];
          });
        });
        expect(kids[1], '`kid` of both keys, as web.1 has them', sets[1]).toBe(kids[0]!);
        expect(kids[0]!, '`kid` of the two keys', sets[0]).toBeUnique();
      },
    },
    {
      id: 'signs-with-rs256',
      title: 'Access tokens are signed by RS256 with JWT_PRIVATE_KEY, and `kid` names the key',
      points: 1,
      needs: ['publishes-keys', 'refreshes', 'knows-me'],
      hint: 'Set `alg`, `kid` and `typ` in the header and sign with the private key; verify with the public one that `kid` names among yours.',
      reference: rfc(7515, 'A.2', 'Example JWS Using RSASSA-PKCS1-v1_5 SHA-256'),
      run: async (context) => {
        const { http, random } = context;
        const session = await signUp(http, random);
        const kid = await currentKid(context);
        for (const tokens of [session, await refresh(http.to('web.2'), session.refresh)])
          expectSigned(tokens, kid);
        for (const instance of bothOf(http))
          await expectTaken(instance, session.access, 'as web.1 issued it');
        const again = signed(
          session.header,
          { ...session.claims, jti: random.uuid() },
          keys().current,
        );
        await expectTaken(http, again, 'signed with JWT_PRIVATE_KEY');
      },
    },
    {
      id: 'takes-retired-keys',
      title: 'Tokens of the key that signed until lately are good under its `kid`, and no other',
      points: 1,
      needs: ['signs-with-rs256'],
      hint: 'Keys are changed while tokens are out: verify with each key that you publish, chosen by `kid`.',
      reference: rfc(7515, '4.1.4', '"kid" (Key ID) Header Parameter'),
      run: async (context) => {
        const { http, random } = context;
        const { header, claims } = await signUp(http, random);
        const kid = await kidOf(context, keys().retired);
        const old = signed({ ...header, kid }, { ...claims, jti: random.uuid() }, keys().retired);
        for (const instance of bothOf(http))
          await expectTaken(instance, old, 'signed with the retired key, which `kid` names');
        const forgeries = [
          {
            token: signed({ ...header, kid }, claims, keys().current),
            fault: 'signed with the current key, while `kid` names the retired one',
          },
          {
            token: signed(header, claims, keys().retired),
            fault: 'signed with the retired key, while `kid` names the current one',
          },
        ];
        await refuseAll(context, forgeries, rfc(7515, '4.1.4', 'kid'));
      },
    },
    {
      id: 'changes-keys',
      title:
        'When the key is changed, tokens of the old one stay good, and those of its forerunner do not',
      points: 1,
      needs: ['takes-retired-keys'],
      hint: 'A `kid` that says “current” names another key tomorrow. Make it of the key alone, such as its thumbprint (RFC 7638): then it stays what it is when the key retires.',
      reference: rfc(7638, '3', 'JSON Web Key (JWK) Thumbprint'),
      run: async (context) => {
        const { http, app, random } = context;
        const { current, retired, next } = keys();
        const [kid, oldest] = [await kidOf(context, current), await kidOf(context, retired)];
        const second = app.process('web.2');
        await second.kill();
        const exit = await second.startWith(
          {
            JWT_PRIVATE_KEY: pem(next, 'pkcs8'),
            JWT_RETIRED_PUBLIC_KEY: pem(createPublicKey(current), 'spki'),
          },
          { withinMs: START_MS },
        );
        if (exit !== undefined)
          throw new CheckFailure({
            action: `start ${second.name} with a new key, and the one so far as the retired one`,
            expected: 'it to serve',
            actual: `it exited with code ${exit.code}`,
            evidence: [{ kind: 'log', source: second.name, lines: second.log().slice(-20) }],
          });
        // Made by the other instance, which has not changed yet.
        const session = await signUp(http, random);
        const instance = http.to('web.2');
        await expectTaken(instance, session.access, 'signed with the key that has retired');
        const set = await instance.get(JWKS, { note: 'after the change' });
        expect(kidIn(set, current), '`kid` of the key that has retired', set).toBe(kid);
        const old = { ...session.header, kid: oldest };
        await expectRefused(
          instance,
          {
            token: signed(old, { ...session.claims, jti: random.uuid() }, retired),
            fault: 'signed with the key before the one that has retired',
          },
          rfc(7517, '5', 'keys'),
        );
      },
    },
    {
      id: 'refuses-confused-keys',
      title: 'The public key is no secret: an HMAC under it, in any form, is refused',
      points: 3,
      needs: ['signs-with-rs256'],
      hint: 'A library that is given the public key and no list of algorithms takes "alg":"HS256" at its word, and the key for a secret. Allow RS256 alone.',
      reference: rfc(8725, '3.1', 'Perform Algorithm Verification'),
      run: async (context) => {
        const { header, claims } = await signUp(context.http, context.random);
        const response = await context.http.get(JWKS);
        const jwk = publishedKeys(response).find(({ kid }) => kid === header['kid']) ?? {};
        const spki = createPublicKey(keys().current);
        const text = pem(spki, 'spki');
        const forms: [key: Buffer | string, what: string][] = [
          [text, 'its PEM'],
          [text.trimEnd(), 'its PEM without the last line break'],
          [text.replaceAll('\n', '\r\n'), 'its PEM with CRLF'],
          [text.replace(/-----[^-]+-----|\s/g, ''), 'the base64 of its PEM'],
          [spki.export({ type: 'pkcs1', format: 'pem' }).toString(), 'its PEM as PKCS #1'],
          [spki.export({ type: 'spki', format: 'der' }), 'its DER'],
          [JSON.stringify(jwk), 'its JWK as JSON'],
          [response.bytes, 'the whole JWK Set'],
          [jwk.n ?? '', 'its modulus in base64'],
          [Buffer.from(jwk.n ?? '', 'base64url'), 'its modulus'],
          [String(header['kid']), 'its kid'],
          ['', 'nothing: JWT_SECRET is empty'],
        ];
        const forgeries = forms.flatMap(([key, what]): Forgery[] => [
          {
            token: hmac({ ...header, alg: 'HS256' }, claims, key),
            fault: `with "alg":"HS256", signed with ${what === '' ? what : `the public key as a secret (${what})`}`,
          },
        ]);
        forgeries.push(
          {
            token: hmac({ ...header, alg: 'HS512' }, claims, text, 512),
            fault: 'with "alg":"HS512", signed with the PEM of the public key',
          },
          {
            token: hmac(changed(header, { alg: 'HS256', kid: undefined }), claims, text),
            fault: 'with "alg":"HS256" and no kid, signed with the PEM of the public key',
          },
          {
            token: hmac(header, claims, text),
            fault: 'with "alg":"RS256" that is in truth an HMAC under the PEM of the public key',
          },
        );
        await refuseAll(context, forgeries, rfc(8725, '3.1', 'alg'));
      },
    },
    {
      id: 'refuses-foreign-signatures',
      title: 'Another key, another algorithm, an unknown `kid` or none of a signature is refused',
      points: 1,
      needs: ['signs-with-rs256'],
      hint: 'Choose the key by `kid` among your own; where it is none of them, answer 401. Do not fall back on "the first key".',
      reference: rfc(8725, '3.1', 'Perform Algorithm Verification'),
      run: async (context) => {
        const { header, claims, access } = await signUp(context.http, context.random);
        const { rsa, ec } = attackerKeys();
        const { current } = keys();
        const by = (change: Record<string, unknown>, key: KeyObject, bits = 256) =>
          signed(changed(header, change), claims, key, bits);
        const signature = access.split('.')[2]!;
        await refuseAll(
          context,
          [
            { token: by({}, rsa.privateKey), fault: 'signed with an RSA key of its maker' },
            {
              token: by({ alg: 'ES256' }, ec.privateKey),
              fault: 'signed with an EC key of its maker',
            },
            { token: by({ alg: 'RS512' }, current, 512), fault: 'signed with the key, by RS512' },
            {
              token: by({ kid: context.random.word(20) }, current),
              fault: 'signed with the key, under a kid that nobody knows',
            },
            { token: by({ kid: '__proto__' }, current), fault: 'under the kid __proto__' },
            {
              token: by({ kid: 'constructor' }, rsa.privateKey),
              fault: 'under the kid constructor',
            },
            {
              token: by({ kid: `' UNION SELECT 'x` }, rsa.privateKey),
              fault: 'under a kid that is SQL',
            },
            {
              token: by({ kid: '../../../../dev/null' }, rsa.privateKey),
              fault: 'under a kid that is a path',
            },
            {
              token: by({ kid: { a: 1 } }, rsa.privateKey),
              fault: 'under a kid that is an object',
            },
            {
              token: assemble({ ...header, alg: 'none' }, claims, ''),
              fault: 'with "alg":"none"',
              hint: NONE_IS_NO_ALGORITHM,
            },
            {
              token: assemble({ ...header, alg: 'None' }, claims, signature),
              fault: 'with "alg":"None" and the signature of the token',
              hint: NONE_IS_NO_ALGORITHM,
            },
            {
              token: assemble(header, { ...claims, role: 'admin' }, signature),
              fault: 'whose role was changed after signing',
            },
            { token: assemble(header, claims, ''), fault: 'with an empty signature' },
          ],
          rfc(8725, '3.1', 'keys'),
        );
      },
    },
    {
      id: 'fetches-nothing',
      title: 'What `jku`, `x5u` or `jwk` bring or name is neither used nor fetched',
      points: 2,
      needs: ['signs-with-rs256'],
      hint: 'Take keys from your own settings. Whoever chooses the URL chooses the key, and sends your server wherever it likes (SSRF): look at no `jku` and no `x5u`, not even to compare.',
      reference: rfc(8725, '3.10', 'Do Not Trust Received Claims'),
      run: async (context) => {
        const { http, random, listen } = context;
        const { header, claims } = await signUp(http, random);
        const { privateKey, publicKey } = attackerKeys().rsa;
        const bait = random.word(12);
        const jwk = { ...publicKey.export({ format: 'jwk' }), kid: bait, alg: 'RS256', use: 'sig' };
        const known = { ...jwk, kid: header['kid'] };
        const set = { keys: [jwk, known] };
        const text = pem(publicKey, 'spki');
        const paths = {
          '/jwks.json': set,
          '/.well-known/jwks.json': set,
          '/key.pem': text,
          [`/${bait}`]: text,
        };
        const listener = await listen(paths);
        const at = (path: string) => `${listener.origin}${path}`;
        const headers: Record<string, unknown>[] = [
          { jku: at('/jwks.json'), kid: bait },
          { jku: at('/jwks.json') },
          { jku: at('/jwks.json'), kid: undefined },
          { jku: at('/.well-known/jwks.json').replace('127.0.0.1', 'localhost') },
          { jku: at('/jwks.json').replace('http:', 'https:'), kid: bait },
          { x5u: at('/key.pem'), kid: bait },
          { x5u: at('/key.pem') },
          { kid: at(`/${bait}`) },
          { jwk, kid: bait },
          { jwk: known },
          { jwk, kid: undefined },
          { jku: at('/jwks.json'), x5u: at('/key.pem'), jwk, kid: bait },
        ];
        const forgeries = headers.map((change) => ({
          token: signed(changed(header, change), claims, privateKey),
          fault: `signed with a key that its own header brings or names (${Object.keys(change).join(', ')})`,
        }));
        const fromElsewhere = {
          token: signed({ ...header, kid: bait }, { ...claims, iss: listener.origin }, privateKey),
          fault: 'whose iss is a server with the key that signed it',
        };
        // Rightly signed: whether they are taken is up to the app, but it fetches nothing.
        const rightly = headers
          .slice(1, 7)
          .map((change) =>
            signed({ ...header, ...change, kid: header['kid'] }, claims, keys().current),
          );
        for (const token of rightly)
          await anyOf(http, random).get('/me', {
            headers: { authorization: `Bearer ${token}` },
            note: 'a token signed with the key, with a URL in its header',
          });
        await expectNoCalls(listener, rightly, context);
        await refuseAll(context, [...forgeries, fromElsewhere], rfc(8725, '3.10', 'jku'));
        await expectNoCalls(
          listener,
          forgeries.map(({ token }) => token),
          context,
        );
      },
    },
    {
      id: 'starts-with-no-bad-key',
      title: 'Under RS256 the app does not start without JWT_PRIVATE_KEY, or with one that is none',
      points: 1,
      needs: ['signs-with-rs256'],
      hint: 'Read the key when the app starts, rather than when the first token is signed, and exit with a code other than 0 where that fails.',
      reference: CONFIG,
      run: async (context) => {
        const half = pem(keys().current, 'pkcs8').slice(0, 400);
        await expectNoStart(context, { JWT_PRIVATE_KEY: '' }, 'with an empty JWT_PRIVATE_KEY');
        await expectNoStart(
          context,
          { JWT_PRIVATE_KEY: half },
          'with half a key in JWT_PRIVATE_KEY',
        );
      },
    },
  ],
});

const JWKS = '/.well-known/jwks.json';

/** For an app to start, on a machine that has other work. */
const START_MS = 30_000;

type PublishedKey = JsonWebKey & Record<string, unknown>;

function publishedKeys(set: Response): PublishedKey[] {
  const list = set.json?.keys;
  if (Array.isArray(list)) return list;
  throw set.failure('"keys": a list of keys', JSON.stringify(set.json).slice(0, 100));
}

async function kidOf({ http }: OwnContext, key: KeyObject): Promise<unknown> {
  return kidIn(await http.get(JWKS), key);
}

function kidIn(set: Response, key: KeyObject): unknown {
  const { n } = createPublicKey(key).export({ format: 'jwk' });
  return publishedKeys(set).find((jwk) => jwk.n === n)?.['kid'];
}

const currentKid = (context: OwnContext) => kidOf(context, keys().current);

function expectSigned({ access, header, answer }: Tokens | Session, kid: unknown): void {
  const [first, second, signature = ''] = access.split('.');
  const unlike = (expected: string, actual: string) =>
    withToken(answer.failure(expected, actual), access);
  if (header['alg'] !== 'RS256')
    throw unlike('"alg":"RS256", as JWT_ALG says', `"alg":${JSON.stringify(header['alg'])}`);
  if (header['kid'] !== kid)
    throw unlike(
      `"kid":${JSON.stringify(kid)}, that of the key of JWT_PRIVATE_KEY in the JWK Set`,
      `"kid":${JSON.stringify(header['kid'])}`,
    );
  if (header['typ'] !== 'at+jwt')
    throw unlike('"typ":"at+jwt"', `"typ":${JSON.stringify(header['typ'])}`);
  const input = Buffer.from(`${first}.${second}`);
  const key = createPublicKey(keys().current);
  if (!verify('sha256', input, key, Buffer.from(signature, 'base64url')))
    throw unlike(
      'a signature that JWT_PRIVATE_KEY made',
      'one that its public key does not verify',
    );
}

async function refuseAll(
  { http, random }: OwnContext,
  forgeries: readonly Forgery[],
  rule: Parameters<typeof expectRefused>[2],
): Promise<void> {
  for (const forgery of random.shuffle(forgeries))
    await expectRefused(anyOf(http, random), forgery, rule);
}

/** An app may answer before it fetches: it is asked once more before its calls are counted. */
async function expectNoCalls(
  { calls }: Listener,
  tokens: readonly string[],
  { http }: OwnContext,
): Promise<void> {
  for (const instance of bothOf(http)) await instance.get('/healthz');
  if (calls.length === 0) return;
  const headers = tokens.map((token) => JSON.stringify(decode(token)?.header).slice(0, 300));
  throw new CheckFailure({
    action: `GET /me with ${tokens.length} tokens whose header names a server of the grader’s`,
    expected: 'nobody to call there',
    actual: `${calls.length} calls: ${calls.slice(0, 5).join(', ')}`,
    evidence: [{ kind: 'text', title: 'the headers of these tokens', text: headers.join('\n') }],
  });
}
