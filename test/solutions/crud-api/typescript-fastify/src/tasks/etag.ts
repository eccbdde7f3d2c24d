import { Problem } from '../problems.js'

export const etagOf = (version: number) => `"${version}"`

/** If-Match (RFC 9110, section 13.1.1). */
export function assertMatches(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  if (!entityTags(ifMatch).includes(etagOf(version))) throw new Problem(412, 'The task has changed since you read it.')
}

/** If-None-Match (RFC 9110, section 13.1.2). */
export function isFresh(ifNoneMatch: string | undefined, version: number): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return entityTags(ifNoneMatch).some((tag) => tag.replace(/^W\//, '') === etagOf(version))
}

// A tag may contain a comma, so the list cannot simply be split.
const entityTags = (list: string): string[] => list.match(/(?:W\/)?"[^"]*"/g) ?? []
