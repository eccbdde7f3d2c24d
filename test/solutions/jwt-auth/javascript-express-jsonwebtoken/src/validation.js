import { invalid } from './http/problems.js'

/**
 * Checks each member of `body` by the rule of its name; a member without a rule is refused.
 *
 * @param {unknown} body
 * @param {Record<string, (value: unknown) => boolean>} rules
 * @param {string[]} required
 * @returns {Record<string, string>}
 */
export function check(body, rules, required = []) {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('Send an object.')
  for (const [name, value] of Object.entries(body)) {
    if (!Object.hasOwn(rules, name)) throw invalid('There is a member that does not belong here.')
    if (!rules[name](value)) throw invalid(`${name} breaks a rule.`)
  }
  for (const name of required) {
    if (!Object.hasOwn(body, name)) throw invalid(`${name} is missing.`)
  }
  return body
}

/** A string of so many code points, without what Postgres or UTF-8 has not: U+0000 and unpaired surrogates. */
export function text(least, most) {
  return (value) => {
    if (typeof value !== 'string' || value.includes('\0') || !value.isWellFormed()) return false
    const length = [...value].length
    return length >= least && length <= most
  }
}

export function email(value) {
  return text(3, 254)(value) && /^[^\s@]+@[^\s@.]+\.[^\s@]+$/.test(value)
}

export function isUuid(value) {
  return typeof value === 'string' && /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value)
}
