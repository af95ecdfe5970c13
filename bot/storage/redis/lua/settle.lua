-- What became of an attempt, or of a message according to a status callback. A state only moves forward.
--
-- KEYS  1 queue  2 outgoing: of one person  3 outbox  4 later  5 feed  6 unreported: of their shard
-- ARGV  1 options, a msgpack table:
--   id, contact       of the message
--   entry             of the outbox; none for a callback. group
--   state, code       what became of it ('-' = no code)
--   provider_id       sealed, where it is known now
--   after_ms          until the next attempt, for queued and unsure
--   order_ms          how long the next message waits for this one to be on its way
--   maybe_duplicate   it was perhaps sent twice
--   ask_ms            after how long without a final report the provider is asked
--   life              seconds; feed_length
--
-- Returns 'done', 'old' (it is further already), 'contradiction' (the provider had the last word already), 'busy'
-- (something newer was written), 'unknown'.
-- Emits a line of the feed when something changed.
--- @include "clock"
--- @include "delivery_state"
--- @include "tell"
local RANK = {queued = 0, sending = 1, unsure = 2, accepted = 3, sent = 4, failed = 5, delivered = 6, read = 7}
local queue, outgoing, outbox, later, feed, unreported = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local options = cmsgpack.unpack(ARGV[1])
local id, to, code = options.id, options.state, options.code
local now = clock()

local function release()
  if options.entry then
    redis.call('XACK', outbox, options.group, options.entry)
    redis.call('XDEL', outbox, options.entry)
  end
end

local message = read_state(outgoing, id)
if not message then
  release()
  return 'unknown'
end
local state = message.state
local is_first = redis.call('LINDEX', queue, 0) == id
if options.provider_id then
  redis.call('HSETNX', outgoing, id .. ':m', options.provider_id)
end
if options.maybe_duplicate then
  redis.call('HSET', outgoing, id .. ':d', '1')
end

local function move(next_state, since)
  write_state(outgoing, id, {state = next_state, code = code, attempts = message.attempts, written = message.written,
                             changed = since, entry = '-'})
  local has_shard = string.find(id, '.', 1, true) -- ids of before there were shards would not be found again
  if has_shard and (RANK[next_state] == RANK.accepted or RANK[next_state] == RANK.sent) then
    redis.call('ZADD', unreported, now + options.ask_ms, id)
    redis.call('EXPIRE', unreported, options.life)
  else
    redis.call('ZREM', unreported, id)
  end
  tell(feed, options.feed_length, options.contact, 'Delivery')
end

local function wait(next_state, since)
  move(next_state, since)
  redis.call('ZADD', later, now + options.after_ms, options.contact)
  return 'done'
end

local function send_again()
  if RANK[state] < RANK.accepted or RANK[state] > RANK.sent then
    return 'old'
  end
  if redis.call('LLEN', queue) > 0 then
    return 'busy'
  end
  redis.call('HDEL', outgoing, id .. ':m')
  redis.call('RPUSH', queue, id)
  redis.call('EXPIRE', queue, options.life)
  return wait('queued', now)
end

if to == 'queued' and not options.entry then
  return send_again() -- the network could not deliver it: once more, unless something newer has been written since
end
if to == 'queued' or to == 'unsure' then
  if RANK[state] < RANK.accepted and is_first then
    release()
    return wait(to, to == 'unsure' and message.changed or now)
  end
  if RANK[state] < RANK.accepted then -- it was taken back meanwhile, and nothing sends it any more
    to, code = 'failed', to == 'queued' and 'cancelled' or 'lost_answer'
  else
    to, code = state, message.code -- a callback has settled it meanwhile; the next in the queue goes on
  end
end

-- As bot.handoff.delivery.is_contradicted: codes of ours are words, those of the provider numbers or '-'.
local is_ours = string.match(message.code, '^%a')
if not options.entry and ((state == 'failed' and not is_ours and RANK[to] >= RANK.delivered)
    or (RANK[state] >= RANK.delivered and to == 'failed')) then
  return 'contradiction'
end

local is_forward = RANK[to] > RANK[state]
if is_forward then
  move(to, now)
end
if options.entry then
  release()
  if is_first then
    redis.call('LPOP', queue)
    if redis.call('LLEN', queue) > 0 then
      -- A short text can overtake a long one on the network, so the next waits until this one is on its way.
      local reached = is_forward and to or state
      local pause = RANK[reached] == RANK.accepted and options.order_ms or 0
      redis.call('ZADD', later, now + pause, options.contact)
    end
  end
elseif is_forward and redis.call('ZSCORE', later, options.contact) then
  local first = redis.call('LINDEX', queue, 0)
  local waits = first and string.match(redis.call('HGET', outgoing, first .. ':s') or '', '^queued %S+ 0 ')
  if first == id or (waits and RANK[to] >= RANK.sent) then
    redis.call('ZADD', later, now, options.contact) -- what the queue waited for has come
  end
end
return is_forward and 'done' or 'old'
