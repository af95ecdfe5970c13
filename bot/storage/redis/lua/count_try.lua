-- Count one try more; the count ends so many seconds after its first.
-- KEYS 1 the count.  ARGV 1 options: seconds.  Returns the count.
local options = cmsgpack.unpack(ARGV[1])
local count = redis.pcall('INCR', KEYS[1])
if type(count) == 'table' then -- an error: what stood there is no number
  redis.call('SET', KEYS[1], 1)
  count = 1
end
if count == 1 then
  redis.call('EXPIRE', KEYS[1], options.seconds)
end
return count
