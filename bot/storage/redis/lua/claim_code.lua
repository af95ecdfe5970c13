-- Claim a case code for one person, so that of two who bring it at once one gets it. The claim lasts as long as the
-- code: who has claimed it and could not store the turn may come again, nobody else.
--
-- KEYS  1 code
-- ARGV  1 options: claim ("claimed " and who, of a fixed length)
--
-- Returns 1, or 0: there is none (any more), or somebody else has it.
local options = cmsgpack.unpack(ARGV[1])
local stored = redis.call('GET', KEYS[1])
if not stored then
  return 0
end
if string.sub(stored, 1, 8) == 'claimed ' then
  return string.sub(stored, 1, #options.claim) == options.claim and 1 or 0
end
redis.call('SET', KEYS[1], options.claim .. stored, 'KEEPTTL')
return 1
