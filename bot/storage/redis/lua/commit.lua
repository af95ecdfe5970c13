-- One turn, whole or not at all.
--
-- KEYS  1 conversation  2 turns: of one person  3 waiting  4 counts of the day: of their shard
--       with `handoff`, which `erase` and `outgoing` never go without, as well:
--       5 address  6 queue  7 outgoing  8 lease  9 offer  10 code  11 our-number: of the person
--       12 held  13 outbox  14 feed  15 erased  16 check-ins  17 stale-codes: of their shard
--       18 and on: `sent` of each message in options.outgoing, in its order; with `erase`, of every earlier one
-- ARGV  1 options, a msgpack table:
--   contact, message     whose turn, and the hash of the message that caused it
--   expected             8 bytes: the revision it was decided on, '' = none
--   conversation, turn   what is stored; no conversation with `erase`
--   erase                everything of this person goes
--   life                 seconds for all keys of this person
--   waiting              their place in the queue; leaves_queue: they stood in it
--   drop_before          8 bytes: turns of an earlier revision are dropped
--   counted, counts_life what is counted, by names, and for how many seconds; erased_life: of the marks in `erased`
--   handoff              only where advisors have to do with it:
--     events             names of the events, for the feed; feed_length
--     address            sealed; our_number likewise; forget_address; address_life in seconds, of both
--     holder             who has it now; lease ('keep', 'take', 'lost', 'offer', 'lapsed'), lease_ms, offer_ms
--     take_back          what is not sent yet will not be, nor once more what does not arrive
--     code, code_life    hash of a new case code
--     outgoing           pairs of id and sealed text, to be sent in this order
--
-- Returns {0, hash of the case code this person had and has no more, or false}  done
--         {-1, turn, conversation}     this message was answered before
--         {-2, conversation or false}  the conversation has changed since
--         {-3}                         the lease, or the offer, that is said to be gone stands
--
-- Emits one line of the feed, and an entry of the outbox when the queue was empty.
--- @include "clock"
--- @include "tell"
local DONE, ANSWERED, CONFLICT, LEASE_ALIVE = 0, -1, -2, -3
local conversation, turns, waiting, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local address, queue, outgoing, lease, offer, code = KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local our_number, held, outbox, feed, erased = KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15]
local check_ins, stale_codes, FIRST_SENT = KEYS[16], KEYS[17], 18
local options = cmsgpack.unpack(ARGV[1])
local handoff = options.handoff

local function stored_revision()
  local revision = redis.call('GETRANGE', conversation, 0, 7)
  if #revision < 8 or string.byte(revision) ~= 0 or revision == string.rep('\0', 8) then
    return '' -- nothing of ours stands there; it may be overwritten
  end
  return revision
end

local function lease_is_alive()
  return (handoff.lease == 'lost' and redis.call('EXISTS', lease) == 1)
    or (handoff.lease == 'lapsed' and redis.call('EXISTS', offer) == 1)
end

local function take_code_away()
  local former = redis.call('GET', code)
  if former then
    redis.call('DEL', code)
    redis.call('SADD', stale_codes, former)
  end
  return former
end

local function forget_everything()
  for _, entry in ipairs(redis.call('XRANGE', feed, '-', '+')) do
    if entry[2][2] == options.contact then
      redis.call('XDEL', feed, entry[1])
    end
  end
  local now = clock()
  redis.call('ZADD', erased, now, options.message)
  for _, message in ipairs(redis.call('HKEYS', turns)) do
    redis.call('ZADD', erased, now, message)
  end
  redis.call('EXPIRE', erased, options.erased_life)
  redis.call('HDEL', check_ins, options.contact)
  redis.call('DEL', conversation, turns, address, our_number, queue, outgoing)
  for index = FIRST_SENT, #KEYS do
    redis.call('DEL', KEYS[index])
  end
end

local function store_turn()
  redis.call('HSET', turns, options.message, options.turn)
  redis.call('EXPIRE', turns, options.life)
  if options.drop_before then
    local stored = redis.call('HGETALL', turns)
    for index = 2, #stored, 2 do
      if string.sub(stored[index], 1, 8) < options.drop_before then
        redis.call('HDEL', turns, stored[index - 1])
      end
    end
  end
end

local function count()
  for _, name in ipairs(options.counted) do
    if type(redis.pcall('HINCRBY', counts, name, 1)) == 'table' then
      redis.call('HSET', counts, name, 1) -- an error: what stood there is no number
    end
  end
  redis.call('EXPIRE', counts, options.counts_life)
end

local function keep_way_back(key, value)
  if handoff.forget_address then
    redis.call('DEL', key)
  elseif value then
    redis.call('SET', key, value, 'EX', handoff.address_life)
  elseif handoff.address_life then
    redis.call('EXPIRE', key, handoff.address_life)
  end
end

local function keep_lease()
  if handoff.holder == '' then
    redis.call('SREM', held, options.contact)
    redis.call('DEL', lease, offer)
    return
  end
  redis.call('SADD', held, options.contact)
  if handoff.lease == 'take' or handoff.lease == 'offer' then
    redis.call('SET', lease, handoff.holder, 'PX', handoff.lease_ms)
  end
  if handoff.lease == 'offer' then
    redis.call('SET', offer, '1', 'PX', handoff.offer_ms)
  end
end

local function take_back()
  for _, id in ipairs(redis.call('LRANGE', queue, 0, -1)) do
    local state, rest = string.match(redis.call('HGET', outgoing, id .. ':s') or '', '^(%S+) %S+(.*)$')
    if state == 'queued' or state == 'unsure' then
      local code = state == 'queued' and 'cancelled' or 'lost_answer'
      redis.call('HSET', outgoing, id .. ':s', 'failed ' .. code .. rest)
    end
  end
  redis.call('DEL', queue)
  for _, field in ipairs(redis.call('HKEYS', outgoing)) do
    if not string.find(field, ':', 1, true) then
      redis.call('HSET', outgoing, field, '') -- without its text it cannot be sent again
    end
  end
end

local function send(messages)
  local now = clock()
  for index, message in ipairs(messages) do
    local id, text = message[1], message[2]
    redis.call('HSET', outgoing, id, text, id .. ':s', 'queued - 0 ' .. now .. ' ' .. now .. ' -')
    redis.call('SET', KEYS[FIRST_SENT + index - 1], options.contact, 'EX', options.life)
    if redis.call('RPUSH', queue, id) == 1 then
      redis.call('XADD', outbox, '*', 'c', options.contact)
    end
  end
  redis.call('EXPIRE', queue, options.life)
  redis.call('EXPIRE', outgoing, options.life)
end

local answered = redis.call('HGET', turns, options.message)
if answered then
  return {ANSWERED, answered, redis.call('GET', conversation)}
end
if stored_revision() ~= options.expected then
  return {CONFLICT, redis.call('GET', conversation)}
end
if handoff and lease_is_alive() then
  return {LEASE_ALIVE}
end
local former = false
if options.erase then
  former = take_code_away()
  forget_everything()
else
  redis.call('SET', conversation, options.conversation, 'EX', options.life)
end
store_turn()
if options.waiting then
  redis.call('ZADD', waiting, options.waiting, options.contact)
elseif options.leaves_queue then
  redis.call('ZREM', waiting, options.contact)
end
if #options.counted > 0 then
  count()
end
if handoff then
  keep_way_back(address, handoff.address)
  keep_way_back(our_number, handoff.our_number)
  keep_lease()
  if handoff.take_back then
    take_back()
  end
  if handoff.code then
    former = take_code_away()
    redis.call('SET', code, handoff.code, 'EX', handoff.code_life)
  end
  send(handoff.outgoing)
  tell(feed, handoff.feed_length, options.erase and '' or options.contact, handoff.events)
end
return {DONE, former}
