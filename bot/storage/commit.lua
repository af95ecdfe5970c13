-- One turn, whole or not at all.
-- KEYS: conversation, turns, waiting list.
-- ARGV: 1 revision the turn was decided on (8 bytes, '' = none)  2 new conversation ('' = erase)  3 life in seconds
--       4 message  5 turn  6 minute to wait from ('' = leave the list, '-' = the list is not concerned)  7 contact
--       8 turns before this revision are dropped (8 bytes, '' = drop none)
-- Returns {'done'} | {'repeat', turn} | {'conflict', conversation or false}.
local answered = redis.call('HGET', KEYS[2], ARGV[4])
if answered then
  return {'repeat', answered}
end
local revision = redis.call('GETRANGE', KEYS[1], 0, 7)
if #revision < 8 or string.byte(revision) ~= 0 or revision == string.rep('\0', 8) then
  revision = '' -- nothing of ours stands there; it may be overwritten
end
if revision ~= ARGV[1] then
  return {'conflict', redis.call('GET', KEYS[1])}
end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1], KEYS[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
end
redis.call('HSET', KEYS[2], ARGV[4], ARGV[5])
redis.call('EXPIRE', KEYS[2], ARGV[3])
if ARGV[6] == '' then
  redis.call('ZREM', KEYS[3], ARGV[7])
elseif ARGV[6] ~= '-' then
  redis.call('ZADD', KEYS[3], ARGV[6], ARGV[7])
end
if ARGV[8] ~= '' then
  local turns = redis.call('HGETALL', KEYS[2])
  for index = 2, #turns, 2 do
    if string.sub(turns[index], 1, 8) < ARGV[8] then
      redis.call('HDEL', KEYS[2], turns[index - 1])
    end
  end
end
return {'done'}
