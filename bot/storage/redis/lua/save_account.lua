-- Store an account, if its revision is still the one the change was made on.
-- KEYS 1 accounts.  ARGV 1 options: id, revision (8 bytes), new_revision (that of an account nobody has), account.
-- Returns 1, or 0: somebody was first.
local options = cmsgpack.unpack(ARGV[1])
local stored = redis.call('HGET', KEYS[1], options.id)
if (stored and string.sub(stored, 1, 8) or options.new_revision) ~= options.revision then
  return 0
end
redis.call('HSET', KEYS[1], options.id, options.account)
return 1
