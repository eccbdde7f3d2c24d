import type { Connection } from '../database.js'
import type { Account } from './account.js'

export interface NewAccount {
  email: string
  name: string
  passwordHash: string
}

/** Undefined where the address is taken. */
export async function insertAccount(connection: Connection, account: NewAccount): Promise<Account | undefined> {
  const [inserted] = await connection.query<Account>(
    `INSERT INTO users (email, name, password_hash) VALUES ($1, $2, $3)
     ON CONFLICT (email) DO NOTHING
     RETURNING ${ACCOUNT_COLUMNS}`,
    [account.email, account.name, account.passwordHash],
  )
  return inserted
}

export async function findAccount(connection: Connection, id: string): Promise<Account | undefined> {
  const [found] = await connection.query<Account>(`SELECT ${ACCOUNT_COLUMNS} FROM users WHERE id = $1`, [id])
  return found
}

export interface Credentials {
  id: string
  passwordHash: string
}

export async function findCredentials(connection: Connection, email: string): Promise<Credentials | undefined> {
  const [found] = await connection.query<Credentials>(
    'SELECT id, password_hash AS "passwordHash" FROM users WHERE email = $1',
    [email],
  )
  return found
}

/** What is undefined stays. Undefined where there is no such account. */
export async function updateAccount(
  connection: Connection,
  id: string,
  { name }: { name?: string },
): Promise<Account | undefined> {
  const [updated] = await connection.query<Account>(
    `UPDATE users SET name = coalesce($2, name) WHERE id = $1 RETURNING ${ACCOUNT_COLUMNS}`,
    [id, name],
  )
  return updated
}

export const ACCOUNT_COLUMNS = 'users.id, users.email, users.name, users.role, users.created_at AS "createdAt"'
