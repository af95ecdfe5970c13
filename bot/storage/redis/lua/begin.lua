-- Take the first message of a person's queue to send it.
--
-- KEYS  1 queue  2 outgoing  3 address  4 our-number: of one person  5 outbox: of their shard
-- ARGV  1 options: entry (of the outbox), group
--
-- Returns {'send' | 'unsure', id, sealed text, sealed address or false, number of the attempt, ms since written,
--          ms since the last attempt began, sealed our-number or false}
--         {'none'} when there is nothing to do for this entry; it is then gone.
--- @include "clock"
--- @include "delivery_state"
local queue, outgoing, address, our_number, outbox = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local options = cmsgpack.unpack(ARGV[1])

local function none()
  redis.call('XACK', outbox, options.group, options.entry)
  redis.call('XDEL', outbox, options.entry)
  return {'none'}
end

local now = clock()
while true do
  local id = redis.call('LINDEX', queue, 0)
  if not id then
    return none()
  end
  local message = read_state(outgoing, id)
  local state = message and message.state
  if state == 'sending' and message.entry ~= options.entry then
    return none() -- another entry has it in hand; should its worker be dead, that entry is taken over
  end
  if state == 'queued' or state == 'sending' or state == 'unsure' then
    local what = 'unsure' -- a worker died with it in its hands, or the answer was lost: it may be there already
    if state == 'queued' then
      what = 'send'
      message.attempts = message.attempts + 1
      message.changed = now
    end
    message.state = what == 'send' and 'sending' or 'unsure'
    message.entry = options.entry
    write_state(outgoing, id, message)
    return {what, id, redis.call('HGET', outgoing, id), redis.call('GET', address), tonumber(message.attempts),
            now - message.written, now - message.changed, redis.call('GET', our_number)}
  end
  redis.call('LPOP', queue) -- settled meanwhile, by a callback or by being taken back
end
