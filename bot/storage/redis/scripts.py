"""The Lua scripts, by name. What each takes and gives stands at the head of its file in `lua/`."""

from bot.storage.redis.connection import Script

COMMIT = Script("commit")
TAKE = Script("take")
BEGIN = Script("begin")
SETTLE = Script("settle")
KEEP_UNKNOWN = Script("keep_unknown")
RENEW_LEASE = Script("renew_lease")
REPLACE = Script("replace")
REPLACE_FIELD = Script("replace_field")
SAVE_ACCOUNT = Script("save_account")
COUNT_TRY = Script("count_try")
CLAIM_CODE = Script("claim_code")
READ_SHARD = Script("read_shard")
TAKE_AWAY = Script("take_away")
MOVE = Script("move")
MOVE_ENTRY = Script("move_entry")
