"""nginx with the configuration that docs/proxy/nginx.conf gives, on a port of its own, with a certificate made here."""

import shutil
import socket
import ssl
import subprocess
from contextlib import suppress
from pathlib import Path

from cryptography import x509

from tests.harness.certificates import self_signed
from tests.harness.fixed import HOST, ROOT
from tests.harness.processes import free_port, until

MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/main.log crit;
events {{ worker_connections 2048; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/a;
    uwsgi_temp_path {folder}/b; scgi_temp_path {folder}/c;
    include {folder}/site.conf;
}}
"""


NO_NGINX = "docs/proxy/nginx.conf WAS NOT TRIED: no nginx on the PATH"


def find_nginx() -> str | None:
    """The path of an nginx, None without one."""
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


class Nginx:
    """In `folder`, in front of the bot at `behind`."""

    def __init__(self, folder: Path, behind: int) -> None:
        program = find_nginx()
        assert program is not None, NO_NGINX
        self.port = free_port()
        certificate = str(self_signed(folder, x509.DNSName(HOST)))
        text = (ROOT / "docs/proxy/nginx.conf").read_text()
        for ours, here in {
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{behind};",
            "listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl",
            "/etc/ssl/HOST.pem": certificate,
            "/etc/ssl/HOST.key": certificate,
            "server_name HOST;": f"server_name {HOST};",
            "/var/log/nginx/helpline.log": f"{folder}/helpline.log",
        }.items():
            assert text.count(ours) == 1, ours
            text = text.replace(ours, here)
        (folder / "site.conf").write_text(text)
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
        self.certificate = certificate
        self._tls = ssl.create_default_context(cafile=certificate)
        command = [program, "-c", str(folder / "nginx.conf"), "-e", str(folder / "main.log")]
        with (folder / "out").open("wb") as out:
            self._process = subprocess.Popen(command, stdout=out, stderr=out)
        until(self._answers, what=f"nginx\n{(folder / 'out').read_text()}")

    def connection(self) -> ssl.SSLSocket:
        """A connection as a browser makes it."""
        return self._tls.wrap_socket(self.connected(), server_hostname=HOST)

    def connected(self) -> socket.socket:
        """The same before anything is said on it."""
        return socket.create_connection(("127.0.0.1", self.port), 20)

    def exchanged(self, request: bytes) -> bytes:
        """The whole answer to this request, which must ask to close the connection."""
        with self.connection() as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(15)

    def _answers(self) -> bool:
        assert self._process.poll() is None, "nginx has ended"
        with suppress(OSError):
            self.connection().close()
            return True
        return False
