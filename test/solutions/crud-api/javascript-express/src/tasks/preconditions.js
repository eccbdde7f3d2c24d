// Entity tags and their comparison: RFC 9110, sections 8.8.3 and 13.1.

/**
 * What an If-Match header asks of a task's tag. Weak tags in it equal none.
 *
 * @returns {(etag: string) => boolean}
 */
export function condition(ifMatch) {
  if (ifMatch === undefined || ifMatch.trim() === '*') return () => true
  const wanted = entityTags(ifMatch)
  return (etag) => wanted.includes(etag)
}

/** Whether the client of this If-None-Match header has the representation already. */
export function isFresh(ifNoneMatch, etag) {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.trim() === '*' || entityTags(ifNoneMatch).some((tag) => tag.replace(/^W\//, '') === etag)
}

const entityTags = (list) => list.match(/(?:W\/)?"[^"]*"/g) ?? []
