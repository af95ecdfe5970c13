"""Commands about people: who may log in to the console, and erasing one person everywhere."""

import argparse
import os
import sys
from dataclasses import replace

from bot import logs
from bot.access.accounts import NameRefused, Role
from bot.assembly import ROOT, Assembly
from bot.cli.shared import Commands
from bot.content.translation.languages import read_languages
from bot.settings import read_settings


def add_to(commands: Commands) -> None:
    """Add these commands to the parser."""
    advisors = commands.add_parser("advisors", help="who may log in to the console")
    advisors.add_argument("act", choices=["add", "list", "disable", "reset"])
    advisors.add_argument("name", nargs="?", default="", help="what they log in with")
    advisors.add_argument("--role", choices=[str(role) for role in Role], default=str(Role.ADVISOR))
    advisors.add_argument("--language", action="append", default=[], help="they answer in it; may be repeated")
    advisors.set_defaults(run=_advisors)
    erase = commands.add_parser("erase", help="remove one person everywhere; run it where the worker runs")
    erase.add_argument("--from", dest="address", required=True, help="their number, as +31…")
    erase.set_defaults(run=_erase)


def _advisors(options: argparse.Namespace) -> int:
    """`add` and `reset` print the one-time password, and nothing else, on standard output."""
    parts = Assembly(read_settings(os.environ))
    accounts, audit = parts.accounts, parts.audit
    if options.act == "list":
        for account in accounts.everybody():
            state = "disabled" if account.disabled else "new" if account.one_time_until else "active"
            print(account.name, account.role, ",".join(account.languages), state, sep="\t")
        return 0
    if options.act == "add":
        try:
            languages = tuple(options.language) or (read_languages(ROOT / "locales").source,)
            account, password = accounts.add(options.name, Role(options.role), languages)
        except NameRefused:
            print("this name is empty, taken, longer than 40 characters or not printable", file=sys.stderr)
            return 1
        audit.write("", "person_added", account.id)
        print(password)
        return 0
    found = accounts.find(options.name)
    if found is None:
        print("there is nobody of this name", file=sys.stderr)
        return 1
    if options.act == "disable":
        accounts.disable(found.id)
        audit.write("", "person_disabled", found.id)
    else:
        print(accounts.reset(found.id)[1])
        audit.write("", "person_reset", found.id)
    return 0


def _erase(options: argparse.Namespace) -> int:
    """Says how much was there, never what."""
    logs.set_up()
    settings = replace(read_settings(os.environ), meaning=False)  # nothing is read here
    if settings.spool_private_key is None:
        print("SPOOL_PRIVATE_KEY is missing: what waits in the spool could not be looked through", file=sys.stderr)
        return 1
    address = "+" + "".join(filter(str.isdigit, options.address))
    here, left = Assembly(settings).eraser.erase(address)
    print(f"erased here: {here} conversations")
    print("at Twilio: all deleted" if not left else f"at Twilio: {left} not yet; the worker goes on trying")
    return 0
