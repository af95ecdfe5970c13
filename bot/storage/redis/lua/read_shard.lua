-- Everything under some keys of one shard, as it is in one moment.
--
-- KEYS  what is read; with options.members the first two are waiting and held of the shard
-- ARGV  1 options, a msgpack table:
--   members  contact ids: only what stands in waiting and held about these is read there
--
-- Returns for each key {name, type, milliseconds it still lives (-1 = for ever), value}; none for one that is gone. The
-- value is a string, or the flat list that the reading command of its type gives.
local options = cmsgpack.unpack(ARGV[1])
local found, first = {}, 1

if options.members then
  first = 3
  local waiting, held = {}, {}
  for _, member in ipairs(options.members) do
    local score = redis.call('ZSCORE', KEYS[1], member)
    if score then
      waiting[#waiting + 1] = member
      waiting[#waiting + 1] = score
    end
    if redis.call('SISMEMBER', KEYS[2], member) == 1 then
      held[#held + 1] = member
    end
  end
  found = {{KEYS[1], 'zset', -1, waiting}, {KEYS[2], 'set', -1, held}}
end

for index = first, #KEYS do
  local key = KEYS[index]
  local kind = redis.call('TYPE', key).ok
  local value
  if kind == 'string' then
    value = redis.call('GET', key)
  elseif kind == 'hash' then
    value = redis.call('HGETALL', key)
  elseif kind == 'zset' then
    value = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  elseif kind == 'set' then
    value = redis.call('SMEMBERS', key)
  elseif kind == 'list' then
    value = redis.call('LRANGE', key, 0, -1)
  elseif kind == 'stream' then
    value = redis.call('XRANGE', key, '-', '+')
  end
  if value then
    found[#found + 1] = {key, kind, redis.call('PTTL', key), value}
  end
end
return found
