-- Replace a value, unless it was ended, erased or replaced meanwhile.
-- KEYS 1 the value.  ARGV 1 options: old, new.  Returns 1, or 0: it is another one now.
local options = cmsgpack.unpack(ARGV[1])
if redis.call('GET', KEYS[1]) ~= options.old then
  return 0
end
redis.call('SET', KEYS[1], options.new)
return 1
