// Both scripts take KEYS[1], the client's key, and ARGV[1] and [2], limit and window in milliseconds. They give
// { passed (1 or 0), remaining, milliseconds until there is more }. Redis runs a script alone and by its own clock.

/** Counts in a window that begins with the first request. A refused request changes nothing. */
export const FIXED_WINDOW = `
local key, limit, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local used = tonumber(redis.call('GET', key) or '0')
if used >= limit then
  return { 0, 0, redis.call('PTTL', key) }
end
if used == 0 then
  redis.call('SET', key, 1, 'PX', window)
else
  redis.call('INCR', key)
end
return { 1, limit - used - 1, redis.call('PTTL', key) }
`

/** Remembers when each request passed, for one window. A refused request is not remembered. */
export const SLIDING_LOG = `
local key, limit, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window * 1000)
local used = redis.call('ZCARD', key)
local passed = used < limit
if passed then
  redis.call('ZADD', key, now, ARGV[3])
  redis.call('PEXPIRE', key, window)
  used = used + 1
end
local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
local wait = math.ceil((oldest + window * 1000 - now) / 1000)
return { passed and 1 or 0, limit - used, wait }
`
