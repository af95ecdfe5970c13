"""A reader for tests of what comes after reading: it says of a few texts what a test wants it to say."""

from collections.abc import Mapping

from msgspec.structs import replace

from bot.nlu.understanding import Understander, Understanding


class Told:
    """The real reader, except that it takes each of `texts` for what is given there."""

    def __init__(self, reader: Understander, texts: Mapping[str, Mapping[str, object]]) -> None:
        self._reader = reader
        self._texts = texts

    def understand(self, text: str, locale: str | None, spelled: str | None = None) -> Understanding:
        """See `Understander`."""
        found = self._reader.understand(text, locale, spelled)
        said = self._texts.get(text)
        return found if said is None else replace(found, **said)
