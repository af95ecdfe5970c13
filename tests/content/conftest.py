"""The same content again and again, each time with one fault: what is unchanged is read once."""

import pickle
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from io import BytesIO
from typing import IO, Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.content.inspection import messages, swapped, translations, words
from bot.content.translation import catalogs
from bot.nlu.normalise import normalise
from bot.rendering.segments import measure

Pairs = list[tuple[swapped.Key, swapped.Key]]


@pytest.fixture(autouse=True, scope="session")
def read_once() -> Iterator[None]:
    """Keep what parsers and other pure functions answered, by all that they were given."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tomllib, "loads", tables)
        for module in (catalogs, translations):
            patch.setattr(module, "read_po", catalog)
        patch.setattr(translations, "swapped", exchanged)
        patch.setattr(words, "normalise", cache(normalise))
        patch.setattr(messages, "measure", cache(measure))
        yield


def tables(text: str) -> dict[str, Any]:
    """`tomllib.loads`; each time tables of one's own."""
    found: dict[str, Any] = pickle.loads(_pickled(text))  # noqa: S301 - our own
    return found


_loads: Callable[[str], dict[str, Any]] = tomllib.loads


@cache
def _pickled(text: str) -> bytes:
    return pickle.dumps(_loads(text))


def catalog(file: IO[bytes], **options: Any) -> Catalog:
    """`read_po`; nobody changes what it found."""
    return _catalog(file.read(), tuple(options.items()))


@cache
def _catalog(data: bytes, options: tuple[tuple[str, Any], ...]) -> Catalog:
    return read_po(BytesIO(data), **dict(options))


def exchanged(catalog: Mapping[swapped.Key, str]) -> Pairs:
    """`swapped`."""
    return _exchanged(tuple(catalog.items()))


@cache
def _exchanged(items: tuple[tuple[swapped.Key, str], ...]) -> Pairs:
    return list(swapped.swapped(dict(items)))
