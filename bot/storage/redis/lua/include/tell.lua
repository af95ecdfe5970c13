-- Add a line to the feed. contact: whom it is about, '' = somebody who is gone. what: names of events, by commas.
local function tell(feed, length, contact, what)
  redis.call('XADD', feed, 'MAXLEN', '~', length, '*', 'c', contact, 'w', what)
end
