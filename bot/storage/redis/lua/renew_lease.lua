-- Prolong a lease, if it is still this advisor's.
-- KEYS 1 lease.  ARGV 1 options: advisor, lease_ms.  Returns 1, or 0: it is somebody else's or gone.
local options = cmsgpack.unpack(ARGV[1])
if redis.call('GET', KEYS[1]) ~= options.advisor then
  return 0
end
return redis.call('PEXPIRE', KEYS[1], options.lease_ms)
