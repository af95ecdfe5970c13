-- Move an entry of an outbox to another one, under its id: a message that was being sent knows it by that id.
-- Touches two slots: only for a single Redis.
--
-- KEYS  1 old outbox  2 new outbox
-- ARGV  1 options: entry, contact
local options = cmsgpack.unpack(ARGV[1])
redis.pcall('XADD', KEYS[2], options.entry, 'c', options.contact) -- refused: it is there
return redis.call('XDEL', KEYS[1], options.entry)
