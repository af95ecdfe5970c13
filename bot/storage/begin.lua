-- Take the first message of a person's lane to send it.
-- KEYS: 1 lane  2 outgoing  3 address  4 outbox
-- ARGV: 1 entry of the outbox  2 group
-- Returns {'send' | 'unsure', id, sealed text, sealed address or false, attempts, ms since written, ms since begun, sealed
-- provider's id or false} or {'none'} when there is nothing to do for this entry; it is then gone.
local function none()
  redis.call('XACK', KEYS[4], ARGV[2], ARGV[1])
  redis.call('XDEL', KEYS[4], ARGV[1])
  return {'none'}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
while true do
  local id = redis.call('LINDEX', KEYS[1], 0)
  if not id then
    return none()
  end
  local stands = redis.call('HGET', KEYS[2], id .. ':s')
  local state, code, attempts, written, changed, by
  if stands then
    state, code, attempts, written, changed, by = string.match(stands, '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  end
  if state == 'sending' and by ~= ARGV[1] then
    return none() -- another entry has it in hand; should its worker be dead, that entry is taken over
  end
  if state == 'queued' or state == 'sending' or state == 'unsure' then
    local what = 'unsure' -- a worker died with it in its hands, or the answer was lost: it may be there already
    if state == 'queued' then
      what = 'send'
      attempts = attempts + 1
      changed = now
    end
    local next_state = what == 'send' and 'sending' or 'unsure'
    redis.call('HSET', KEYS[2], id .. ':s', table.concat({next_state, code, attempts, written, changed, ARGV[1]}, ' '))
    return {what, id, redis.call('HGET', KEYS[2], id), redis.call('GET', KEYS[3]), tonumber(attempts), now - written,
            now - changed}
  end
  redis.call('LPOP', KEYS[1]) -- settled meanwhile, by a callback or by being taken back
end
