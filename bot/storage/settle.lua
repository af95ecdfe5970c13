-- What became of an attempt, or of a message according to a status callback. A state only moves forward.
-- KEYS: 1 lane  2 outgoing  3 outbox  4 later  5 feed
-- ARGV: 1 entry of the outbox ('' = a callback)  2 group  3 id  4 state  5 code ('-' = none)  6 sealed provider's id ('' = not
--       known)  7 milliseconds until the next attempt (for queued and unsure)  8 milliseconds the next message waits for
--       this one to be on its way  9 contact  10 length of the feed  11 '1' = perhaps sent twice  12 life in seconds
-- Returns {'done' | 'old' | 'busy' | 'unknown'}.
local rank = {queued = 0, sending = 1, unsure = 2, accepted = 3, sent = 4, failed = 5, delivered = 6, read = 7}
local id, to = ARGV[3], ARGV[4]
local key = id .. ':s'
local function released()
  if ARGV[1] ~= '' then
    redis.call('XACK', KEYS[3], ARGV[2], ARGV[1])
    redis.call('XDEL', KEYS[3], ARGV[1])
  end
end
local stands = redis.call('HGET', KEYS[2], key)
if not stands then
  released()
  return {'unknown'}
end
local state, code, attempts, written, changed = string.match(stands, '^(%S+) (%S+) (%S+) (%S+) (%S+)')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local head = redis.call('LINDEX', KEYS[1], 0) == id
if ARGV[6] ~= '' then
  redis.call('HSETNX', KEYS[2], id .. ':m', ARGV[6])
end
if ARGV[11] == '1' then
  redis.call('HSET', KEYS[2], id .. ':d', '1')
end

local function wait(next_state, since)
  redis.call('HSET', KEYS[2], key, table.concat({next_state, ARGV[5], attempts, written, since, '-'}, ' '))
  redis.call('ZADD', KEYS[4], now + ARGV[7], ARGV[9])
  redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[10], '*', 'c', ARGV[9], 'w', 'Delivery')
  return {'done'}
end
if to == 'queued' and ARGV[1] == '' then
  -- The network could not deliver it: once more, unless something newer has been written since.
  if rank[state] < rank.accepted or rank[state] > rank.sent then return {'old'} end
  if redis.call('LLEN', KEYS[1]) > 0 then return {'busy'} end
  redis.call('HDEL', KEYS[2], id .. ':m')
  redis.call('RPUSH', KEYS[1], id)
  redis.call('EXPIRE', KEYS[1], ARGV[12])
  return wait(to, now)
end
if to == 'queued' or to == 'unsure' then
  if rank[state] < rank.accepted then
    released()
    return head and wait(to, to == 'unsure' and changed or now) or {'old'}
  end
  to, ARGV[5] = state, code -- a callback has settled it meanwhile; the next in the lane goes on
end

local forward = rank[to] > rank[state]
if forward then
  redis.call('HSET', KEYS[2], key, table.concat({to, ARGV[5], attempts, written, now, '-'}, ' '))
  redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[10], '*', 'c', ARGV[9], 'w', 'Delivery')
end
if ARGV[1] ~= '' then
  released()
  if head then redis.call('LPOP', KEYS[1]) end
  if head and redis.call('LLEN', KEYS[1]) > 0 then
    -- A short text can overtake a long one on the network, so the next waits until this one is on its way.
    local reached = forward and to or state
    local wait = rank[reached] == rank.accepted and tonumber(ARGV[8]) or 0
    redis.call('ZADD', KEYS[4], now + wait, ARGV[9])
  end
elseif forward and redis.call('ZSCORE', KEYS[4], ARGV[9]) then
  local first = redis.call('LINDEX', KEYS[1], 0)
  local waits = first and string.match(redis.call('HGET', KEYS[2], first .. ':s') or '', '^queued %S+ 0 ')
  if first == id or (waits and rank[to] >= rank.sent) then
    redis.call('ZADD', KEYS[4], now, ARGV[9]) -- what the lane waited for has come
  end
end
return {forward and 'done' or 'old'}
