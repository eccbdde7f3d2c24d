import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits, which mean nothing to anybody. */
export const newRefreshToken = () => randomBytes(32).toString('base64url')

/** What is stored of it. A fast hash will do, since nobody can try all tokens. */
export const hashOf = (refreshToken: string) => createHash('sha256').update(refreshToken).digest()
