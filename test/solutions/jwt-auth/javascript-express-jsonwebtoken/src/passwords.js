import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(scrypt)

const COST = { ln: 14, r: 8, p: 1 }
const SALT_BYTES = 16
const HASH_BYTES = 32

/** @returns {Promise<string>} in the PHC string format, like `$scrypt$ln=14,r=8,p=1$salt$hash` */
export async function hashPassword(password) {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, HASH_BYTES, options(COST))
  return `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${base64(salt)}$${base64(hash)}`
}

export async function verifyPassword(password, encoded) {
  const { salt, hash, ...cost } = /^\$scrypt\$ln=(?<ln>\d+),r=(?<r>\d+),p=(?<p>\d+)\$(?<salt>[^$]+)\$(?<hash>.+)$/.exec(
    encoded,
  ).groups
  const expected = Buffer.from(hash, 'base64')
  const actual = await derive(password, Buffer.from(salt, 'base64'), expected.length, options(cost))
  return timingSafeEqual(actual, expected)
}

function options({ ln, r, p }) {
  const N = 2 ** Number(ln)
  // Node allows 32 MiB, all told, and scrypt needs 128 * N * r and a little.
  return { N, r: Number(r), p: Number(p), maxmem: 256 * N * Number(r) }
}

const base64 = (bytes) => bytes.toString('base64').replace(/=+$/, '')
