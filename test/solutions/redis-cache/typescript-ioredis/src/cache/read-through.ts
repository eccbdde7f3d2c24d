import { randomUUID } from 'node:crypto'
import type { ChainableCommander, Redis } from 'ioredis'
import type { CacheSettings } from '../settings.js'
import { Budget } from './budget.js'
import { decode, encode, type Entry } from './entry.js'

export interface Answer<T> {
  /** Undefined: there is no such thing. */
  value: T | undefined
  source: 'HIT' | 'MISS' | 'BYPASS'
  /** Of the cached answer, in milliseconds. */
  life: number
  age: number
}

/** What is asked for: one answer, and the subject that it is about. */
export interface Slot {
  key: string
  /** A write to the subject makes all answers about it stale. */
  subject: string
}

interface Found<T> {
  version: string | undefined
  answer: Answer<T> | undefined
}

/**
 * Read-through with versions. Each subject has a version, a random word; an answer is stored with the version
 * that its subject had before Postgres was read, and counts only while that is still the version. A write takes
 * the version away after its commit. A slow reader can then store what it likes: nobody will believe it.
 */
export class ReadThrough {
  readonly #redis: Redis
  readonly #settings: CacheSettings
  /** Readings under way, by key and version: who comes after a write has another version, and reads anew. */
  readonly #flights = new Map<string, Promise<Answer<unknown>>>()

  constructor(redis: Redis, settings: CacheSettings) {
    this.#redis = redis
    this.#settings = settings
  }

  /** The answer of the slot; `load` reads it from Postgres, and gives undefined where there is no such thing. */
  async read<T>(slot: Slot, load: () => Promise<T | undefined>): Promise<Answer<T>> {
    const budget = new Budget(this.#settings.timeout)
    let version: string
    try {
      const found = await this.#find<T>(slot, budget)
      if (found.answer !== undefined) return found.answer
      version = found.version ?? (await this.#begin(slot, budget))
    } catch {
      return { value: await load(), source: 'BYPASS', life: 0, age: 0 }
    }
    const flight = `${slot.key} ${version}`
    const underWay = this.#flights.get(flight) as Promise<Answer<T>> | undefined
    if (underWay !== undefined) return underWay
    const reading = this.#load(slot, version, budget, load)
    this.#flights.set(flight, reading)
    try {
      return await reading
    } finally {
      this.#flights.delete(flight)
    }
  }

  /** After the commit of a write to these subjects, and before its answer. */
  async forget(subjects: string[]): Promise<void> {
    try {
      await new Budget(this.#settings.timeout).spend(this.#redis.del(...subjects.map(versionKey)))
    } catch (error) {
      console.error(`redis: not told of a write: ${error instanceof Error ? error.message : error}`)
    }
  }

  async #find<T>(slot: Slot, budget: Budget): Promise<Found<T>> {
    const [version, text, left] = await this.#run(
      slot,
      budget,
      this.#redis.pipeline().get(versionKey(slot.subject)).get(slot.key).pttl(slot.key),
    )
    const entry = typeof text === 'string' && Number(left) > 0 ? decode<T>(text) : undefined
    if (typeof version !== 'string') return { version: undefined, answer: undefined }
    if (entry === undefined || entry.version !== version) return { version, answer: undefined }
    // Redis knows how long is left; what the clocks of the instances say does not matter.
    const age = Math.max(0, entry.life - Number(left))
    return { version, answer: { value: entry.value ?? undefined, source: 'HIT', life: entry.life, age } }
  }

  /** A version for a subject that has none; of several that come at once, one decides. */
  async #begin({ key, subject }: Slot, budget: Budget): Promise<string> {
    const name = versionKey(subject)
    const [, version] = await this.#run(
      { key, subject },
      budget,
      this.#redis.pipeline().set(name, randomUUID(), 'PX', this.#versionLife, 'NX').get(name),
    )
    if (typeof version !== 'string') throw new Error('the version is gone again')
    return version
  }

  async #load<T>(
    slot: Slot,
    version: string,
    budget: Budget,
    load: () => Promise<T | undefined>,
  ): Promise<Answer<T>> {
    const begin = performance.now()
    const value = await load()
    const life = this.#life(value === undefined)
    const left = Math.floor(life - (performance.now() - begin))
    if (left > 0) await this.#store(slot, { version, life, value: value ?? null }, left, budget)
    return { value, source: 'MISS', life, age: performance.now() - begin }
  }

  async #store(slot: Slot, entry: Entry<unknown>, left: number, budget: Budget): Promise<void> {
    try {
      await this.#run(
        slot,
        budget,
        this.#redis
          .pipeline()
          .set(slot.key, encode(entry), 'PX', left)
          // It has to outlive every answer that it vouches for.
          .pexpire(versionKey(slot.subject), this.#versionLife),
      )
    } catch {
      // The next one will read again.
    }
  }

  /** The replies; rejects where Redis does not answer in time. Keys of the wrong type are removed. */
  async #run(slot: Slot, budget: Budget, pipeline: ChainableCommander): Promise<unknown[]> {
    const replies = (await budget.spend(pipeline.exec())) ?? []
    const [error] = replies.map(([error]) => error).filter((error) => error !== null)
    if (error === undefined) return replies.map(([, reply]) => reply)
    if (!error.message.startsWith('WRONGTYPE')) throw error
    await budget.spend(this.#redis.del(slot.key, versionKey(slot.subject)))
    return []
  }

  #life(negative: boolean): number {
    const { ttl, negativeTtl, jitter } = this.#settings
    const life = ttl * (1 - jitter * Math.random())
    return Math.round(negative ? Math.min(life, negativeTtl) : life)
  }

  get #versionLife(): number {
    return 2 * this.#settings.ttl
  }
}

const versionKey = (subject: string) => `catalogue:version:${subject}`
