-- One turn, whole or not at all.
-- KEYS: 1 conversation  2 turns  3 waiting list  4 counts of the day  5 address  6 lane  7 outgoing  8 lease  9 offer
--       10 held  11 outbox  12 feed  13 case code of the contact; then one key a message to send, under which its
--       contact is found
-- ARGV: 1 revision the turn was decided on (8 bytes, '' = none)  2 new conversation ('' = erase)  3 life in seconds
--       4 message  5 turn  6 place in the waiting list ('' = leave the list, '-' = the list is not concerned)  7 contact
--       8 turns before this revision are dropped (8 bytes, '' = drop none)  9 what is counted, by names
--       10 advisors: '' = neither before nor after  11 names of the events for the feed
--       12 address ('' = as it is, '-' = forget)  13 its life in seconds ('' = as it is)
--       14 who holds it now ('' = nobody)  15 what becomes of the lease  16 its milliseconds  17 those of an offer
--       18 '1' = take back what is not sent  19 length of the feed  20 key of a case code made ('' = none)
--       21 what stands behind it, sealed  22 its life in seconds  23 case code used up: the names it may
--       stand under ('' = none); then id and sealed text of each message to send
-- Returns {'done'} | {'repeat', turn} | {'conflict', conversation or false} | {'alive'}.
local answered = redis.call('HGET', KEYS[2], ARGV[4])
if answered then
  return {'repeat', answered, redis.call('GET', KEYS[1])}
end
local revision = redis.call('GETRANGE', KEYS[1], 0, 7)
if #revision < 8 or string.byte(revision) ~= 0 or revision == string.rep('\0', 8) then
  revision = '' -- nothing of ours stands there; it may be overwritten
end
if revision ~= ARGV[1] then
  return {'conflict', redis.call('GET', KEYS[1])}
end
if ARGV[23] and ARGV[23] ~= '' then
  local used = 0
  for name in string.gmatch(ARGV[23], '%S+') do
    used = used + redis.call('DEL', 'helpline:code:' .. name)
  end
  if used == 0 then
    return {'conflict', redis.call('GET', KEYS[1])} -- somebody else has used it up meanwhile
  end
end
local lease = ARGV[15]
if (lease == 'lost' and redis.call('EXISTS', KEYS[8]) == 1) or (lease == 'lapsed' and redis.call('EXISTS', KEYS[9]) == 1) then
  return {'alive'}
end
if ARGV[10] ~= '' and (ARGV[2] == '' or ARGV[20] ~= '') then
  local former = redis.call('GET', KEYS[13])
  if former then
    redis.call('DEL', 'helpline:code:' .. former, KEYS[13])
  end
end
if ARGV[2] == '' then
  for _, entry in ipairs(redis.call('XRANGE', KEYS[12], '-', '+')) do
    if entry[2][2] == ARGV[7] then
      redis.call('XDEL', KEYS[12], entry[1])
    end
  end
  for _, message in ipairs(redis.call('HKEYS', KEYS[2])) do
    redis.call('SADD', 'helpline:erased', message)
    redis.call('EXPIRE', 'helpline:erased', 90000)
  end
  redis.call('SADD', 'helpline:erased', ARGV[4])
  redis.call('EXPIRE', 'helpline:erased', 90000)
  for _, field in ipairs(redis.call('HKEYS', KEYS[7])) do
    redis.call('DEL', 'helpline:sent:' .. field)
  end
  redis.call('HDEL', 'helpline:checkins', ARGV[7])
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[5], KEYS[6], KEYS[7])
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
if ARGV[9] ~= '' then
  for name in string.gmatch(ARGV[9], '%S+') do
    redis.call('HINCRBY', KEYS[4], name, 1)
  end
  redis.call('EXPIRE', KEYS[4], 34560000)
end
if ARGV[10] == '' then
  return {'done'} -- the bot's own: no address, no lease, nothing to send
end

if ARGV[12] == '-' then
  redis.call('DEL', KEYS[5])
elseif ARGV[12] ~= '' then
  redis.call('SET', KEYS[5], ARGV[12], 'EX', ARGV[13])
elseif ARGV[13] ~= '' then
  redis.call('EXPIRE', KEYS[5], ARGV[13])
end
if ARGV[14] == '' then
  redis.call('SREM', KEYS[10], ARGV[7])
  redis.call('DEL', KEYS[8], KEYS[9])
else
  redis.call('SADD', KEYS[10], ARGV[7])
  if lease == 'take' or lease == 'offer' then
    redis.call('SET', KEYS[8], ARGV[14], 'PX', ARGV[16])
  end
  if lease == 'offer' then
    redis.call('SET', KEYS[9], '1', 'PX', ARGV[17])
  end
end
if ARGV[18] == '1' then
  for _, id in ipairs(redis.call('LRANGE', KEYS[6], 0, -1)) do
    local stands = redis.call('HGET', KEYS[7], id .. ':s')
    if stands and string.sub(stands, 1, 7) == 'queued ' then
      redis.call('HSET', KEYS[7], id .. ':s', 'failed cancelled' .. string.match(stands, '^%S+ %S+(.*)$'))
    end
  end
  redis.call('DEL', KEYS[6])
end
if ARGV[20] ~= '' then
  redis.call('SET', 'helpline:code:' .. ARGV[20], ARGV[21], 'EX', ARGV[22])
  redis.call('SET', KEYS[13], ARGV[20], 'EX', ARGV[22])
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for index = 24, #ARGV, 2 do
  local id = ARGV[index]
  redis.call('HSET', KEYS[7], id, ARGV[index + 1], id .. ':s', 'queued - 0 ' .. now .. ' ' .. now .. ' -')
  redis.call('SET', KEYS[14 + (index - 24) / 2], ARGV[7], 'EX', ARGV[3])
  if redis.call('RPUSH', KEYS[6], id) == 1 then
    redis.call('XADD', KEYS[11], '*', 'c', ARGV[7])
  end
end
redis.call('EXPIRE', KEYS[6], ARGV[3])
redis.call('EXPIRE', KEYS[7], ARGV[3])
local whom = ARGV[7]
if ARGV[2] == '' then
  whom = '' -- somebody is gone; who, is nowhere any more
end
redis.call('XADD', KEYS[12], 'MAXLEN', '~', ARGV[19], '*', 'c', whom, 'w', ARGV[11])
return {'done'}
