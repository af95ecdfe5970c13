-- Give a key its new name. Where both names hold something, what is under the new one stays, field by field.
-- Touches two slots: only for a single Redis, which is all that ever had another layout.
--
-- KEYS  1 old  2 new
-- ARGV  1 options: adds (fields are counts, and are added), newest (values begin with a revision; the higher one stays)
--
-- Returns 1, or 0: there is nothing under the old name.
local old, new = KEYS[1], KEYS[2]
local options = cmsgpack.unpack(ARGV[1])
local kind = redis.call('TYPE', old).ok
if kind == 'none' then
  return 0
end
if redis.call('EXISTS', new) == 0 then
  redis.call('RENAME', old, new)
  return 1
end
if kind == 'hash' then
  local fields = redis.call('HGETALL', old)
  for index = 1, #fields, 2 do
    redis.call(options.adds and 'HINCRBY' or 'HSETNX', new, fields[index], fields[index + 1])
  end
elseif kind == 'list' then
  for index = -1, -redis.call('LLEN', old), -1 do
    redis.call('LPUSH', new, redis.call('LINDEX', old, index))
  end
elseif options.newest and redis.call('GETRANGE', old, 0, 7) > redis.call('GETRANGE', new, 0, 7) then
  redis.call('RENAME', old, new)
end
redis.call('DEL', old)
return 1
