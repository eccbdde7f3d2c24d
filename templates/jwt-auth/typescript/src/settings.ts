/** What the environment says. All of it is random in a grade. Times are in seconds. */
export const settings = {
  port: Number(process.env.PORT ?? 3000),
  databaseUrl: process.env.DATABASE_URL,
  // TODO 9: an app whose secret is missing or shorter than 32 bytes must not start; nor one without JWT_ISSUER or
  // JWT_AUDIENCE. Say why on standard error, and exit with a code other than 0. What is the secret for RS256?
  secret: process.env.JWT_SECRET ?? '',
  issuer: process.env.JWT_ISSUER ?? '',
  audience: process.env.JWT_AUDIENCE ?? '',
  leeway: Number(process.env.JWT_LEEWAY ?? 30),
  accessTokenTtl: Number(process.env.ACCESS_TOKEN_TTL ?? 900),
  refreshTokenTtl: Number(process.env.REFRESH_TOKEN_TTL ?? 2_592_000),
}
