"""What advisors can do: the only way from a console to a conversation. No number, no address, no name passes here.

Every method may raise StorageUnavailable. Those that change something raise Refused when it may not be done, and take
the id of the act, so that a form that is sent twice acts once.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo

from bot.advisors.board import Advisor, Board
from bot.dialogue.conversation import Agreement, Conversation
from bot.dialogue.events import Answers
from bot.dialogue.overrides import Overrides
from bot.handoff import acts as handoff
from bot.handoff import agreements
from bot.handoff.check_in import MAX_ACTION, MOST_DAYS, CheckIn, end_of
from bot.handoff.clocks import local_times
from bot.handoff.counting import HOME
from bot.handoff.moves import Move
from bot.handoff.refusals import Reason, Refused, check_holds
from bot.messaging.runner import Runner
from bot.ports.conversations import Act
from bot.ports.storage import Storage


class Desk(Board):
    """What advisors do, on top of what they see. Holds no conversation; safe in several processes.

    `is_neutral` says whether anybody may read a text over the person's shoulder.
    """

    def __init__(
        self,
        runner: Runner,
        storage: Storage,
        zones: Mapping[str, tuple[tzinfo, ...]],
        now: Callable[[], datetime],
        is_neutral: Callable[[str], bool] = lambda _text: True,
    ) -> None:
        super().__init__(storage, zones, now)
        self._runner = runner
        self._is_neutral = is_neutral

    def heartbeat(self, advisor: Advisor, contacts: Sequence[str], typing: str = "") -> list[str]:
        """The console is alive; returns the conversations it has lost. typing: the one being typed in."""
        self._storage.presence.mark_present(advisor.id, advisor.languages)
        lost = [contact for contact in contacts if not self._storage.queue.renew_lease(contact, advisor.id)]
        if typing in contacts and typing not in lost:  # only in a conversation that is theirs
            self._storage.presence.set_typing(typing, advisor.id)
        return lost

    def code(self, advisor: Advisor, words: str) -> Answers | None:
        """The answers behind a case code that somebody said on the phone; it is used up. None where there are none (any
        more). Raises TooManyTries."""
        return self._storage.case_codes.pop(words, advisor.id)

    def claim(self, advisor: Advisor, contact: str, act: str) -> Conversation:
        """Take somebody who waits, or what a colleague offers. Exactly one of several at once succeeds."""
        return self._act(contact, act, lambda conversation, minute: handoff.claim(conversation, advisor.id, minute))

    def reply(self, advisor: Advisor, contact: str, text: str, act: str, *, sure: bool = False) -> Conversation:
        """Write to the person. The first message takes the conversation. `sure`: see `handoff.reply`."""

        def decide(conversation: Conversation, minute: int) -> Move:
            return handoff.reply(
                conversation,
                advisor.id,
                text,
                minute,
                sure=sure,
                clocks=lambda: self._clocks(conversation),
                is_neutral=self._is_neutral,
            )

        return self._act(contact, act, decide)

    def agree(self, advisor: Advisor, contact: str, agreement: Agreement, act: str) -> Conversation:
        """Record that the person said they may be written to later."""
        return self._act(
            contact, act, lambda conversation, minute: agreements.agree(conversation, advisor.id, agreement, minute)
        )

    def check_in(self, advisor: Advisor, contact: str, day: date | None, action: str) -> None:
        """Record a check-in the person agreed on: if nothing is heard by `day`, the advisors do `action`."""
        conversation = self._conversation(contact)
        check_holds(conversation, advisor.id)
        today = self._now().astimezone(HOME).date()
        possible = day is not None and today <= day <= today + timedelta(days=MOST_DAYS)
        if day is None or not possible or not action.strip() or len(action) > MAX_ACTION:
            raise Refused(Reason.CHECK_IN)
        minute = int(self._now().timestamp()) // 60
        due = end_of(day, self._zones.get(self.card(contact).country) or (HOME,))
        self._storage.check_ins.put(
            CheckIn(contact, due, action.strip(), advisor.id, minute, conversation.heard_minute)
        )
        if contact not in self._storage.conversations.read([contact]):  # erased in this very moment
            self._storage.check_ins.end(contact)

    def end_check_in(self, contact: str) -> bool:
        """It was acted on, or is not needed any more. False: somebody was faster."""
        return self._storage.check_ins.end(contact)

    def note(self, advisor: Advisor, contact: str, text: str, act: str) -> Conversation:
        """Keep words for colleagues; they never leave."""
        return self._act(contact, act, lambda conversation, _minute: handoff.note(conversation, advisor.id, text))

    def transfer(self, advisor: Advisor, contact: str, to: str, act: str) -> Conversation:
        """Offer it to a colleague. It stays here until they claim it, and comes back if they do not."""
        return self._act(contact, act, lambda conversation, _minute: handoff.offer(conversation, advisor.id, to))

    def assign(self, leader: Advisor, contact: str, to: str, act: str) -> Conversation:
        """Give it to an advisor whose console is open; whoever had it sees that at once."""
        if to not in self._storage.presence.on_duty():
            raise Refused(Reason.AWAY)
        return self._act(contact, act, lambda conversation, _minute: handoff.assign(conversation, leader.id, to))

    def set_overrides(self, overrides: Overrides) -> None:
        """Switch by hand, from the next message on."""
        self._storage.overrides.write(overrides)

    def decline(self, advisor: Advisor, contact: str, act: str) -> Conversation:
        """Say no to an offer."""
        return self._act(contact, act, lambda conversation, _minute: handoff.decline(conversation, advisor.id))

    def hand_back(self, advisor: Advisor, contact: str, act: str) -> Conversation:
        """Give it to the bot."""
        return self._act(contact, act, lambda conversation, minute: handoff.hand_back(conversation, advisor.id, minute))

    def close(self, advisor: Advisor, contact: str, act: str, outcome: str = "") -> Conversation:
        """End it. outcome: how, only to be counted."""
        return self._act(
            contact, act, lambda conversation, minute: handoff.close(conversation, advisor.id, minute, outcome)
        )

    def erase(self, advisor: Advisor, contact: str, act: str) -> Conversation:
        """Remove everything about a person whose conversation this advisor has, at the person's wish."""

        def decide(conversation: Conversation, _minute: int) -> Move:
            check_holds(conversation, advisor.id)
            return handoff.erase(conversation)

        return self._act(contact, act, decide)

    def block(self, advisor: Advisor, contact: str, act: str) -> Conversation:
        """An abusive sender gets only the numbers for a day, and no advisor."""
        after = self._act(contact, act, lambda conversation, _minute: handoff.block(conversation, advisor.id))
        self._storage.blocks.add(contact, advisor.id)
        return after

    def unblock(self, id: str) -> bool:
        """End it before its day is over. False: it was over."""
        return self._storage.blocks.end(id)

    def _clocks(self, conversation: Conversation) -> list[int]:
        """The minute of the day where the person said they are, or the earliest and the latest; in the Netherlands
        where they said nothing."""
        times = local_times(conversation.told.country, self._now(), self._zones) if conversation.told.country else ()
        found = times or (f"{self._now().astimezone(HOME):%H:%M}",)
        return [int(time[:2]) * 60 + int(time[3:]) for time in found]

    def _act(self, contact: str, act: str, decide: Callable[[Conversation, int], Move]) -> Conversation:
        return self._runner.act(Act(f"act {act}", contact), decide)
