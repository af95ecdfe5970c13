"""Content in one language: the Dutch texts, their translations and the numbers joined. See `bot.content.library`."""

from collections.abc import Mapping
from dataclasses import replace

from babel import Locale

from bot.content.library import Library
from bot.content.translation.catalogs import Catalog
from bot.content.values import Content
from bot.dialogue.flow import Flow
from bot.dialogue.localized_content import LocalizedContent
from bot.handoff.delivery import Problem
from bot.handoff.desk_texts import DeskTexts, Prepared
from bot.rendering.segments import in_gsm


def localize(library: Library, locale: str) -> LocalizedContent:
    """All content in one language. A text without translation stands in the source language; `check` does not let that
    go live."""
    content = library.content
    catalog: Catalog = library.catalogs.get(locale, {})

    numbers = {name: referral.text for name, referral in content.referrals.items() if referral.sayable}

    def translate(context: str, text: str) -> str:
        return _numbered(catalog.get((context, text), text), numbers)

    words = content.vocabularies.get(locale)
    own_names = words.country_names if words else {}
    countries = country_names(content, locale) | {code: names[0] for code, names in own_names.items()}
    flows = [_spoken(flow, library).localised(translate) for flow in content.flows.values()]
    return LocalizedContent(
        locale=locale,
        states={name: state for flow in flows for name, state in flow.states.items()},
        topics=content.topics,
        titles={flow.topic: flow.title for flow in flows if flow.topic},
        general=frozenset(flow.topic for flow in flows if flow.general),
        urgent=frozenset(flow.topic for flow in flows if flow.topic and flow.priority == "P0"),
        shared={name: translate(f"shared.{name}", text.say) for name, text in content.shared.items()},
        numbers=numbers,
        countries={code: in_gsm(name) for code, name in countries.items()},
        full_countries=countries,
        local_numbers={row.country: row.number for row in content.local_numbers.values() if row.shown},
        hours=content.hours,
        code_words=content.code_words.get(locale) or content.code_words.get(library.languages.source, ()),
        announcements={name: each.say for name, each in localize_desk(library, locale).announcement.items()},
    )


def _spoken(flow: Flow, library: Library) -> Flow:
    """The flow without the choices of languages that are not live."""
    silent = set(library.languages.all) - set(library.languages.live)
    states = {
        name: replace(state, choices=tuple(each for each in state.choices if each.sets.get("locale") not in silent))
        for name, state in flow.states.items()
    }
    return replace(flow, states=states)


def localize_problems(library: Library, locale: str) -> dict[str, Problem]:
    """What can go wrong with a message, by code, in one language: for `bot.handoff.delivery.problem`. Words without
    translation stand in the source language."""
    catalog: Catalog = library.console_catalogs.get(locale, {})
    return {
        code: replace(problem, say=catalog.get((f"delivery.{code}", problem.say), problem.say))
        for code, problem in library.content.delivery.items()
    }


def localize_desk(library: Library, locale: str) -> DeskTexts:
    """What advisors have at hand, with the numbers in place: what people would read in the language of the bot, titles
    in that of the console."""
    texts = library.content.desk
    said, titles = library.catalogs.get(locale, {}), library.console_catalogs.get(locale, {})
    numbers = {name: each.text for name, each in library.content.referrals.items() if each.sayable}

    def localised(kind: str, rows: Mapping[str, Prepared]) -> dict[str, Prepared]:
        return {
            name: Prepared(
                titles.get((f"{kind}.{name}.title", row.title), row.title),
                _numbered(said.get((f"{kind}.{name}.say", row.say), row.say), numbers),
            )
            for name, row in rows.items()
        }

    return replace(
        texts,
        quick=localised("quick", texts.quick),
        wrap_up=localised("wrap_up", texts.wrap_up),
        announcement=localised("announcement", texts.announcement),
    )


def _numbered(text: str, numbers: Mapping[str, str]) -> str:
    """`text` with the numbers in place; what depends on the conversation ({country}) stays for later."""
    for name, number in numbers.items():
        text = text.replace(f"{{{name}}}", number)
    return text


def country_names(content: Content, locale: str) -> dict[str, str]:
    """ISO code -> name, from the Unicode CLDR as Babel carries it."""
    words = content.vocabularies.get(locale)
    known = (words.countries_in or words.unicode) if words else ""
    territories = Locale.parse(known or locale).territories
    return {code: name for code, name in territories.items() if len(code) == 2 and code.isalpha()}
