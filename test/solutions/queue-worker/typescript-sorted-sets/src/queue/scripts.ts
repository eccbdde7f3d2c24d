/** KEYS: delayed. ARGV: member, milliseconds until it is due. */
export const DELAY = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
`

/** KEYS: delayed, ready. Moves what has become due, in one step: a crash between two would lose it. */
export const PROMOTE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)
for _, member in ipairs(due) do
  redis.call('ZADD', KEYS[2], 0, member)
  redis.call('ZREM', KEYS[1], member)
end
return #due
`
