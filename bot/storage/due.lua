-- Put the people whose next message may go now back into the outbox.
-- KEYS: 1 later  2 outbox.  Returns how many.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local contacts = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)
for _, contact in ipairs(contacts) do
  redis.call('ZREM', KEYS[1], contact)
  redis.call('XADD', KEYS[2], '*', 'c', contact)
end
return #contacts
