import type { Database } from '../database.js'
import type { Attempt } from './attempt.js'

/** The attempts that this worker makes. It says again and again that they are alive. */
export class Leases {
  readonly #database: Database
  readonly #lease: number
  readonly #held = new Set<Attempt>()

  constructor(database: Database, lease: number) {
    this.#database = database
    this.#lease = lease
  }

  async during(attempt: Attempt, work: () => Promise<void>): Promise<void> {
    this.#held.add(attempt)
    try {
      await work()
    } finally {
      this.#held.delete(attempt)
    }
  }

  async renew(): Promise<void> {
    if (this.#held.size === 0) return
    const tokens = [...this.#held].map(({ token }) => token)
    await this.#database.run((session) =>
      session.query(
        `UPDATE jobs SET lease_until = clock_timestamp() + $2 * interval '1 millisecond'
         WHERE status = 'running' AND lease_token = ANY ($1)`,
        [tokens, this.#lease],
      ),
    )
  }
}
