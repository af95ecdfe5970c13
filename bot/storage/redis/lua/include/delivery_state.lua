-- How a message stands: "state code attempts written changed entry", in the field "<id>:s" of its person's outgoing.
-- One whose line is damaged has failed: nobody knows whether it was sent.
local function read_state(outgoing, id)
  local line = redis.call('HGET', outgoing, id .. ':s')
  if not line then
    return nil
  end
  local found = {}
  found.state, found.code, found.attempts, found.written, found.changed, found.entry =
    string.match(line, '^(%l+) (%S+) (%d+) (%d+) (%d+) (%S+)$')
  if not found.state then
    return {state = 'failed', code = 'unknown', attempts = '0', written = '0', changed = '0', entry = '-'}
  end
  return found
end

local function write_state(outgoing, id, message)
  redis.call('HSET', outgoing, id .. ':s', table.concat(
    {message.state, message.code, message.attempts, message.written, message.changed, message.entry}, ' '))
end
