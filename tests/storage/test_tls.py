"""`rediss://`: what we say to Redis is encrypted, and only to a server whose certificate we trust."""

import ssl
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509

from bot.messages import Channel, Inbound
from bot.ports.unavailable import StorageUnavailable
from bot.settings import read_settings
from bot.storage.redis.connection import Connection, connect
from bot.storage.redis.storage import redis_storage
from bot.storage.sealing import Sealer
from tests.harness.certificates import self_signed
from tests.harness.fixed import ENVIRONMENT
from tests.harness.proxy import Proxy
from tests.harness.redis_servers import Servers

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key."""
    return self_signed(tmp_path_factory.mktemp("certificate"), x509.IPAddress(ip_address("127.0.0.1")))


@pytest.fixture(scope="module")
def port(certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where a Redis speaks TLS. The TLS is a proxy's: not every server is built with it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with closing(Servers(tmp_path_factory.mktemp("redis"))) as servers, Proxy(servers.start(), context) as proxy:
        yield proxy.port


def opened(connection: Connection) -> str:
    inbound = Inbound(message_id="SM1", contact="someone", channel=Channel.SMS)
    return redis_storage(connection, Sealer([bytes(32)])).conversations.open(inbound).contact


def test_a_certificate_of_our_own_is_trusted_where_the_address_names_it(
    port: int, certificate: Path, tmp_path: Path
) -> None:
    url = f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={quote(str(certificate))}"
    assert read_settings(ENVIRONMENT | {"REDIS_URL": url, "SPOOL_DIR": str(tmp_path)}).redis_url == url
    with closing(connect(url)) as connection:
        assert opened(connection) == "someone"


def test_several_servers_are_trusted_by_what_the_machine_trusts(
    port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with closing(connect(f"rediss://127.0.0.1:{port}/0")) as connection:
        assert opened(connection) == "someone"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_stranger_in_between_is_told_nothing(port: int, certificate: Path, host: str) -> None:
    trust = f"?ssl_ca_certs={quote(str(certificate))}" if host == "localhost" else ""  # trusted, under another name
    with closing(connect(f"rediss://{host}:{port}/0{trust}")) as connection, pytest.raises(StorageUnavailable):
        opened(connection)
