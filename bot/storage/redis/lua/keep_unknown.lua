-- What the provider said of a message and we do not know, beside how it stands.
--
-- KEYS  1 outgoing: of one person
-- ARGV  1 options: id, said
--
-- Returns 1, or 0 when the message is gone.
local options = cmsgpack.unpack(ARGV[1])
if redis.call('HEXISTS', KEYS[1], options.id .. ':s') == 0 then
  return 0
end
redis.call('HSET', KEYS[1], options.id .. ':u', options.said)
return 1
