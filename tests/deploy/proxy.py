"""Debian's nginx with the site of `deploy/nginx`, in which nothing but names, addresses and limits is replaced."""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import trustme

from tests.browser.site import free_port

ROOT = Path(__file__).parents[2]
SITE, SIGN_IN = (ROOT / "deploy" / "nginx" / name for name in ("leads.conf", "leads-sign-in.conf"))
NAME = "leads.example.com"
_AROUND = """
{user}
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    types {{ text/html html; }}
    {temporary}
    include {folder}/leads.conf;
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Proxy(NamedTuple):
    """A running nginx: the ports of TLS and of plain HTTP, who vouches for its certificate, and its access log."""

    port: int
    plain: int
    trusting: ssl.SSLContext
    log: Path

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}"

    def ask(
        self, path: str, *, method: str = "GET", host: str = NAME, name: str = NAME, of: str = "127.0.0.1",
        headers: Mapping[str, str] | None = None, content: bytes | None = None,
    ) -> httpx.Response:  # fmt: skip
        """One request: `host` is its header, `name` what TLS is told, `of` the address of who asks."""
        with httpx.Client(transport=httpx.HTTPTransport(verify=self.trusting, local_address=of)) as client:
            return client.request(
                method,
                f"https://127.0.0.1:{self.port}{path}",
                headers={"Host": f"{host}:{self.port}", **(headers or {})},
                content=content,
                extensions={"sni_hostname": name},
            )


def found() -> str | None:
    """The program; it lies where only root's PATH leads."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def running(
    folder: Path,
    dashboards: Sequence[str],
    *,
    port: int | None = None,
    sign_in: str | None = None,
    others: Mapping[str, str] | None = None,
) -> Iterator[Proxy]:
    """nginx in front of dashboards; `sign_in` is what answers for oauth2-proxy, `others` further replacements."""
    program = found()
    assert program
    port, plain = port or free_port(), free_port()
    authority = trustme.CA()
    _certify(authority, folder)
    first, second = (urlsplit(url).netloc for url in dashboards)
    included = "    # include /etc/nginx/snippets/leads-sign-in.conf;"
    written = _replaced(
        SITE.read_text(),
        {
            "listen 443": f"listen 127.0.0.1:{port}",
            "listen 80": f"listen 127.0.0.1:{plain}",
            "127.0.0.1:8501": first,
            "127.0.0.1:8502": second,
            "/etc/ssl/leads": str(folder),
            "/var/log/nginx/leads.log": str(folder / "access.log"),
            **({included: f"    include {folder}/leads-sign-in.conf;"} if sign_in else {}),
            **(others or {}),
        },
    )
    (folder / "leads.conf").write_text(written)
    if sign_in:
        replaced = _replaced(SIGN_IN.read_text(), {"127.0.0.1:4180": urlsplit(sign_in).netloc})
        (folder / "leads-sign-in.conf").write_text(replaced)
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _TEMPORARY)
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, temporary=temporary, user=user))
    command = [program, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    # It reads its own file first, and refuses it in words; then it listens before it goes on.
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr, checked.stderr
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_it_listens(port, process)
            trusting = ssl.create_default_context()
            authority.configure_trust(trusting)
            yield Proxy(port, plain, trusting, folder / "access.log")
        finally:
            process.terminate()


def _replaced(text: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        assert old in text, f"{old} is not in the file any more"
        text = text.replace(old, new)
    return text


def _certify(authority: trustme.CA, folder: Path) -> None:
    issued = authority.issue_cert(NAME)
    issued.private_key_pem.write_to_path(folder / "privkey.pem")
    chain = b"".join(pem.bytes() for pem in issued.cert_chain_pems)
    (folder / "fullchain.pem").write_bytes(chain)


def _wait_until_it_listens(port: int, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            continue
        return
    raise RuntimeError(f"nginx ended with {process.returncode}")
