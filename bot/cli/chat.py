"""`chat`: talk to the bot in the terminal. The real engine on a throw-away storage."""

import argparse
import secrets
import sys

from bot import logs
from bot.assembly import throw_away_runner
from bot.cli.shared import Commands, read_content
from bot.content.building import build_engine
from bot.content.models import read_encoder
from bot.dialogue.conversation import Conversation
from bot.dialogue.turn import Turn
from bot.messages import MAX_TEXT, Channel, Inbound, Kind
from bot.ports.conversations import Decision, Opened
from bot.storage.sealing import Identity


def add_to(commands: Commands) -> None:
    """Add this command to the parser."""
    chat = commands.add_parser("chat", help="talk to the bot here; nothing is kept")
    chat.add_argument("--locale", choices=None, default="", help="begin in this language")
    chat.add_argument("--channel", choices=[str(each) for each in Channel], default="sms")
    chat.add_argument("--from", dest="sender", default="+31612345678", help="the number you text from")
    chat.add_argument("--why", action="store_true", help="name the step that answered, before each reply")
    chat.set_defaults(run=_chat)


def _chat(options: argparse.Namespace) -> int:
    library = read_content()
    if options.locale and options.locale not in library.languages.live:
        print(f"there are no texts in {options.locale}; live: {', '.join(library.languages.live)}", file=sys.stderr)
        return 2
    logs.set_up()
    on_turn = _say_why if options.why else None
    runner, storage = throw_away_runner(build_engine(library, read_encoder()), on_turn=on_turn)
    contact = Identity([secrets.token_hex()]).contacts(options.channel, options.sender)[0]
    channel = Channel(options.channel)
    if options.locale:
        first = Inbound(message_id="locale", contact=contact, channel=channel)
        storage.conversations.commit(
            first, Opened(contact, Conversation(), 0), Decision(Conversation(locale=options.locale), (), "")
        )
    interactive = sys.stdin.isatty()
    while True:
        try:
            line = input("> " if interactive else "")
        except (EOFError, KeyboardInterrupt):
            return 0
        text = line[:MAX_TEXT]
        kind = Kind.TEXT if text.strip() else Kind.EMPTY
        inbound = Inbound(message_id=secrets.token_hex(), contact=contact, channel=channel, kind=kind, text=text)
        print(runner.receive(inbound), end="\n\n", flush=True)


def _say_why(turn: Turn) -> None:
    print(f"[{turn.answered_by}]")
