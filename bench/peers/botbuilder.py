"""Microsoft's Bot Framework: botbuilder-core and its dialogs behind aiohttp, the state kept in Redis.

A waterfall dialog that asks with a TextPrompt and goes on with the answer. Runs in an environment of its own; nothing
of the project is imported but the words of the dialogue.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

import jsonpickle
import redis.asyncio
from aiohttp import web
from botbuilder.core import BotAdapter, ConversationState, MessageFactory, Storage, TurnContext
from botbuilder.dialogs import (
    ComponentDialog,
    DialogSet,
    DialogTurnResult,
    DialogTurnStatus,
    WaterfallDialog,
    WaterfallStepContext,
)
from botbuilder.dialogs.prompts import PromptOptions, TextPrompt
from botbuilder.schema import Activity, ActivityTypes, ChannelAccount, ConversationAccount, ResourceResponse
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from bench.words import KEPT_SECONDS, LEADS, SAYS


class RedisStorage(Storage):
    """Keeps each state as one string, as the storages of the framework do."""

    def __init__(self, url: str) -> None:
        self._redis = redis.asyncio.Redis.from_url(url)

    async def read(self, keys: list[str]) -> dict[str, object]:
        """What is stored under these keys."""
        found = {key: await self._redis.get(f"botbuilder:{key}") for key in keys}
        return {key: jsonpickle.decode(value) for key, value in found.items() if value}  # noqa: S301 - our own

    async def write(self, changes: dict[str, object]) -> None:
        """Store them."""
        for key, value in changes.items():
            await self._redis.set(f"botbuilder:{key}", jsonpickle.encode(value), ex=KEPT_SECONDS)

    async def delete(self, keys: list[str]) -> None:
        """Delete them."""
        for key in keys:
            await self._redis.delete(f"botbuilder:{key}")


class Adapter(BotAdapter):
    """Hands a message to the bot and collects what it says."""

    async def answer(self, activity: Activity, bot: Callable[[TurnContext], Awaitable[None]]) -> list[str]:
        """What the bot says to this message."""
        context = TurnContext(self, activity)
        context.turn_state["said"] = []
        await self.run_pipeline(context, bot)
        said: list[str] = context.turn_state["said"]
        return said

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Collect them."""
        context.turn_state["said"] += [each.text for each in activities if each.type == ActivityTypes.message]
        return [ResourceResponse(id="") for _each in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        """Nothing is ever changed."""

    async def delete_activity(self, context: TurnContext, reference: object) -> None:
        """Nothing is ever taken back."""


class Menu(ComponentDialog):
    """Shows a state, waits for a word, goes where it leads."""

    def __init__(self) -> None:
        super().__init__("menu")
        self.add_dialog(TextPrompt("ask"))
        self.add_dialog(WaterfallDialog("steps", [self._show, self._go]))
        self.initial_dialog_id = "steps"

    async def _show(self, step: WaterfallStepContext) -> DialogTurnResult:
        state = step.options or LEADS.get(step.context.activity.text, "opener")
        step.values["state"] = state
        return await step.prompt("ask", PromptOptions(prompt=MessageFactory.text(SAYS[state])))

    async def _go(self, step: WaterfallStepContext) -> DialogTurnResult:
        return await step.replace_dialog("steps", LEADS.get(step.result, step.values["state"]))


async def create_app() -> web.Application:
    """The bot as an aiohttp application; its settings come from the environment."""
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    state = ConversationState(RedisStorage(os.environ["REDIS_URL"]))
    dialogs = DialogSet(state.create_property("dialogs"))
    dialogs.add(Menu())
    adapter = Adapter()

    async def bot(context: TurnContext) -> None:
        talk = await dialogs.create_context(context)
        result = await talk.continue_dialog()
        if result.status == DialogTurnStatus.Empty:
            await talk.begin_dialog("menu")
        await state.save_changes(context)

    async def message(request: web.Request) -> web.Response:
        form = await request.post()
        url = os.environ["PUBLIC_URL"] + request.path_qs
        if not validator.validate(url, form, request.headers.get("X-Twilio-Signature", "")):
            raise web.HTTPForbidden
        sender = str(form["From"])
        activity = Activity(
            type=ActivityTypes.message,
            id=str(form["MessageSid"]),
            channel_id="twilio",
            text=str(form["Body"]).strip().lower(),
            from_property=ChannelAccount(id=sender),
            recipient=ChannelAccount(id=str(form["To"])),
            conversation=ConversationAccount(id=sender),
        )
        twiml = MessagingResponse()
        for text in await adapter.answer(activity, bot):
            twiml.message(text)
        return web.Response(text=str(twiml), content_type="text/xml")

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_post("/twilio/message", message)
    return app
