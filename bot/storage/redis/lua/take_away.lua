-- Take a key away that is of another kind than it should be, so that what it is for begins again without it.
--
-- KEYS  1 the key  2 what it is called from now on: in the same slot
-- ARGV  1 options: kind (what it should be), life (seconds the damaged one is kept)
--
-- Returns 1 when it was, 0 when all is well.
local name, aside = KEYS[1], KEYS[2]
local options = cmsgpack.unpack(ARGV[1])
local kind = redis.call('TYPE', name).ok
if kind == 'none' or kind == options.kind then
  return 0
end
redis.call('RENAME', name, aside)
redis.call('EXPIRE', aside, options.life)
return 1
