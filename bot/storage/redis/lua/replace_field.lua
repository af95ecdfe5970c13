-- Replace a field of a hash, unless it was ended, erased or replaced meanwhile.
-- KEYS 1 the hash.  ARGV 1 options: field, old, new.  Returns 1, or 0: it is another one now.
local options = cmsgpack.unpack(ARGV[1])
if redis.call('HGET', KEYS[1], options.field) ~= options.old then
  return 0
end
redis.call('HSET', KEYS[1], options.field, options.new)
return 1
