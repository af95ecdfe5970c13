"""Real processes for the tests in this folder."""

from collections.abc import Callable, Iterator

import pytest

from tests.harness.site import Site


@pytest.fixture(scope="module")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Site]]:
    """Makes a site with nothing started yet; everything it starts ends with the module."""
    made: list[Site] = []

    def make(**options: object) -> Site:
        made.append(Site(tmp_path_factory.mktemp("site"), **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture(scope="module")
def site(new_site: Callable[..., Site]) -> Site:
    """Redis and the web server, running; shared by the tests of one module, which use people of their own."""
    made = new_site()
    made.start_redis()
    made.start_web()
    return made
