-- Everything under some keys of one shard, as it is in one moment.
--
-- KEYS  what is read
--
-- Returns for each key {name, type, milliseconds it still lives (-1 = for ever), value}; none for one that is gone. The
-- value is a string, or the flat list that the reading command of its type gives.
local found = {}
for _, key in ipairs(KEYS) do
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
