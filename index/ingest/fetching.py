"""A page or feed is fetched when a person names its address, once; nothing is fetched by itself.

What comes is kept as a file, which is indexed as any. Addresses of private networks are refused,
also where a public name or another page leads to one: a page of elsewhere must not make this
machine read what only its network may. An address of this machine itself is taken if it is what
was asked for.
"""

import hashlib
import ipaddress
import json
import re
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.robotparser import RobotFileParser

import httpx

from index.errors import FetchError, UnreadableFileError
from index.readers import sniffing
from index.readers.disk import MAX_FILE_BYTES
from index.readers.sidecar import SIDECAR_NAME, read_sidecar

FOLDER = "fetched"
AGENT = "Pressmark"
TIMEOUT_S = 20.0
TOTAL_S = 60.0
_HOPS = 5
_MAX_ROBOTS_BYTES = 512 * 1024
_ACCEPT = "text/html, application/rss+xml, application/atom+xml, application/pdf, */*;q=0.5"
_SUFFIXES = {
    "text/html": "html", "application/rss+xml": "xml", "application/pdf": "pdf",
    "application/json": "json", "text/plain": "txt",
}  # fmt: skip
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host, as numbers."""
_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


class _Reply(NamedTuple):
    """What came back, and from where in the end."""

    status: int
    content: bytes
    url: httpx.URL


def resolve(host: str, port: int) -> list[str]:
    """The addresses that a name stands for.

    Raises:
        OSError: it stands for none.
    """
    with suppress(ValueError):
        return [str(ipaddress.ip_address(host))]
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def fetch(address: str, home: Path, resolve: Resolve = resolve) -> Path:
    """Fetch a page or feed into the folder of what was fetched.

    Args:
        address: as typed.
        home: of the library, which the folder belongs to.
        resolve: tells the addresses of a host.

    Returns:
        the file; the folder's sidecar says where it is from.

    Raises:
        FetchError: it cannot be had, or must not be fetched; the message says why.
    """
    url = _checked(address)
    with httpx.Client(trust_env=False, timeout=TIMEOUT_S, follow_redirects=False) as client:
        getting = _Getting(client, resolve, own=_is_own(url.host))
        _ask_robots(getting, url)
        reply = getting.get(url, MAX_FILE_BYTES)
    if reply.status != httpx.codes.OK:
        raise FetchError(f"{url} cannot be fetched: the server answers {reply.status}.")
    try:
        media_type = sniffing.media_type_of(reply.content, "page.txt")
    except UnreadableFileError as error:
        raise FetchError(f"{url} is nothing that is read: {error.user_message}.") from error
    return _keep(home / FOLDER, reply, _SUFFIXES.get(media_type, "txt"), str(url))


class _Getting:
    """Requests of one fetch, within one time; each goes to an address that was looked at."""

    def __init__(self, client: httpx.Client, resolve: Resolve, *, own: bool) -> None:
        self._client, self._resolve, self._own = client, resolve, own
        self._ends = time.monotonic() + TOTAL_S

    def get(self, url: httpx.URL, limit: int) -> _Reply:
        """Get an address, and those that it leads to.

        Raises:
            FetchError: it cannot be had within the bounds.
        """
        for _ in range(_HOPS + 1):
            try:
                reply, leads_to = self._once(url, limit)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                what = str(error) or type(error).__name__
                raise FetchError(f"{url} cannot be fetched: {what}.") from error
            if leads_to is None:
                return reply
            url = _checked(str(url.join(leads_to)))
        raise FetchError(f"{url} cannot be fetched: it leads on and on.")

    def _once(self, url: httpx.URL, limit: int) -> tuple[_Reply, str | None]:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = [
                ipaddress.ip_address(ip.partition("%")[0]) for ip in self._resolve(url.host, port)
            ]
        except OSError as error:
            raise FetchError(f"{url} cannot be fetched: there is no such host.") from error
        if not found or not all(self._may_reach(ip) for ip in found):
            raise FetchError(
                f"{url} is not fetched: it is an address of a private network. Save the page, and "
                "index the file."
            )
        # Sent to the very address that was looked at: a name may mean another one a moment later.
        there = url.copy_with(host=str(found[0]))
        asked = self._client.build_request(
            "GET",
            there,
            headers={"Host": url.netloc.decode("ascii"), "User-Agent": AGENT, "Accept": _ACCEPT},
            extensions={"sni_hostname": url.host},
        )
        response = self._client.send(asked, stream=True)
        try:
            if response.is_redirect:
                return _Reply(response.status_code, b"", url), response.headers["location"]
            return _Reply(response.status_code, self._content(response, url, limit), url), None
        finally:
            response.close()

    def _content(self, response: httpx.Response, url: httpx.URL, limit: int) -> bytes:
        content = bytearray()
        for piece in response.iter_bytes():
            content += piece
            if len(content) > limit:
                raise FetchError(f"{url} is not fetched: it is larger than {limit // 2**20} MiB.")
            if time.monotonic() > self._ends:
                raise FetchError(f"{url} cannot be fetched within {TOTAL_S:.0f} seconds.")
        return bytes(content)

    def _may_reach(self, ip: _Ip) -> bool:
        return (self._own and ip.is_loopback) or _is_public(ip)


def _checked(address: str) -> httpx.URL:
    """A web address that is whole, without a name and password in it."""
    try:
        url = httpx.URL(address.strip())
    except httpx.InvalidURL as error:
        raise FetchError(f"{address!r} is no web address: {error}.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise FetchError(f"{address!r} is no web address; it begins with https:// or http://.")
    if url.userinfo:
        raise FetchError("An address with a password in it is not fetched.")
    return url.copy_with(fragment=None)


def _is_own(host: str) -> bool:
    """Whether an address was typed that means this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_public(ip: _Ip) -> bool:
    """Whether an address is one of the whole Internet, also where it is wrapped in another."""
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if not all(_is_public(one) for one in inner if one is not None):
            return False
    return ip.is_global and not ip.is_multicast


def _ask_robots(getting: _Getting, url: httpx.URL) -> None:
    """Heed what the site says to programs.

    Raises:
        FetchError: it asks them to leave this page alone, or cannot say.
    """
    reply = getting.get(url.copy_with(raw_path=b"/robots.txt"), _MAX_ROBOTS_BYTES)
    if httpx.codes.is_server_error(reply.status):
        raise FetchError(f"{url} is not fetched: its robots.txt cannot be read ({reply.status}).")
    if reply.status != httpx.codes.OK:
        return  # the site says nothing
    rules = RobotFileParser()
    rules.parse(reply.content.decode("utf-8", "replace").splitlines())
    if not rules.can_fetch(AGENT, str(url)):
        raise FetchError(
            f"{url} is not fetched: the site's robots.txt asks programs not to. Save the page in a "
            "browser, and index the file."
        )


def _keep(folder: Path, reply: _Reply, suffix: str, asked: str) -> Path:
    """Write what came to a file of its own, and where it is from to the folder's sidecar."""
    slug = re.sub(r"[^A-Za-z0-9]+", "-", f"{reply.url.host}{reply.url.path}").strip("-")[:80]
    path = folder / f"{slug}-{hashlib.sha256(asked.encode()).hexdigest()[:8]}.{suffix}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        known = {name: said.url for name, said in read_sidecar(folder).items() if said.url}
        path.write_bytes(reply.content)
        lines = [
            f'[{json.dumps(name)}]\nurl = {{ value = {json.dumps(url)}, basis = "fetched" }}\n'
            for name, url in sorted((known | {path.name: str(reply.url)}).items())
        ]
        (folder / SIDECAR_NAME).write_text("\n".join(lines), encoding="utf-8")
    except (OSError, UnreadableFileError) as error:
        raise FetchError(f"What was fetched cannot be kept in {folder}: {error}.") from error
    return path
