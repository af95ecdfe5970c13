-- Give a worker people to send to, of one shard: those whose time has come, of dead workers, and new ones.
--
-- KEYS  1 outbox  2 later
-- ARGV  1 options: group, worker, most, idle_ms (a worker that was silent for so long is dead)
--
-- Returns pairs of entry and contact.
-- Emits an entry of the outbox for each person whose next message may go now.
--- @include "clock"
local outbox, later = KEYS[1], KEYS[2]
local options = cmsgpack.unpack(ARGV[1])
local found = {}

local function collect(entries)
  for _, entry in ipairs(entries) do
    if entry and entry[2] then
      found[#found + 1] = {entry[1], entry[2][2]}
    end
  end
end

local function wake()
  for _, contact in ipairs(redis.call('ZRANGEBYSCORE', later, '-inf', clock(), 'LIMIT', 0, 100)) do
    redis.call('ZREM', later, contact)
    redis.call('XADD', outbox, '*', 'c', contact)
  end
end

wake()
if redis.call('EXISTS', outbox) == 0 then
  return found
end
redis.pcall('XGROUP', 'CREATE', outbox, options.group, '0') -- an error when it is there
collect(redis.call('XAUTOCLAIM', outbox, options.group, options.worker, options.idle_ms, '0', 'COUNT', options.most)[2])
if #found < options.most then
  local read = redis.call(
    'XREADGROUP', 'GROUP', options.group, options.worker, 'COUNT', options.most - #found, 'STREAMS', outbox, '>')
  if read then
    collect(read[1][2])
  end
end
return found
