"""Where a language model's requests go: which address, with which key, through which proxy.

A key belongs to an address. The variables that OpenAI's clients read (``OPENAI_…``) may name
another server than OpenAI's; OpenAI's key still goes to OpenAI alone. No request to this machine
goes through a proxy. A proxy that does not work is an error that says what to do.
"""

import ipaddress
import os
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from pydantic import SecretStr

from index.errors import ModelConfigurationError
from index.saying import phrase
from rag.settings import Settings

OPENAI_BASE_URL = "https://api.openai.com/v1"
PROXY_VARIABLES = frozenset({"http_proxy", "https_proxy", "all_proxy"})
"""Those that name a proxy, in lower case."""
_OPENAI_HOST = "api.openai.com"
_AZURE_HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
_OWN_ADDRESS, _OPENAI_ADDRESS = "PRESSMARK_LLM_BASE_URL", "OPENAI_BASE_URL"
_OWN_KEY, _OPENAI_KEY = "PRESSMARK_LLM_API_KEY", "OPENAI_API_KEY"
_OPERATIONS = ("/chat/completions", "/completions", "/models")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that requests go through.

    Attributes:
        url: its address, which may hold a password.
        variable: the one that names it, for people to change.
    """

    url: str
    variable: str

    @property
    def shown(self) -> str:
        """Its address without a password."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{_place(parts)}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible address, and what goes there.

    Attributes:
        base_urls: possible addresses of its API, the likeliest first.
        variable: the one that names the address; empty for OpenAI's own, which needs none.
        key: to send there; None if there is none for this address.
        key_variable: the one that holds the key; empty without one.
        withheld: the variable of a key that is set and belongs to another address.
        query: to add to every request, such as Azure's ``api-version``.
        proxy: for the requests.
    """

    base_urls: tuple[str, ...]
    variable: str = ""
    key: str | None = None
    key_variable: str = ""
    withheld: str = ""
    query: str = ""
    proxy: Proxy | None = None

    @property
    def host(self) -> str:
        """The host's name, for people."""
        return urlsplit(self.base_urls[0]).hostname or ""

    @property
    def place(self) -> str:
        """The host, with the port if there is one."""
        return _place(urlsplit(self.base_urls[0]))

    @property
    def is_openai(self) -> bool:
        """Whether this is OpenAI itself."""
        return _is_openai(self.host)

    @property
    def is_tls(self) -> bool:
        """Whether it wants TLS."""
        return self.base_urls[0].startswith("https:")

    @property
    def is_azure(self) -> bool:
        """Whether this is Azure, which has a header of its own for keys."""
        return self.host.endswith(_AZURE_HOSTS)

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine."""
        return is_loopback(self.host)


def endpoint(settings: Settings) -> Endpoint:
    """Find the OpenAI-compatible address of these settings.

    Raises:
        ModelConfigurationError: the address, the key or the proxy is invalid.
    """
    variable, given = _address(settings)
    url = _web_address(given, variable)
    key_variable, key, withheld = _key(settings, _is_openai(url.hostname or ""))
    if not key.isascii() or not (key.isprintable() or not key):
        raise ModelConfigurationError(
            phrase(
                "The language model's key has characters that no key has. Set %(variable)s again.",
                variable=key_variable,
            )
        )
    return Endpoint(
        _base_urls(url), variable, key or None, key_variable, withheld, url.query, proxy_for(url)
    )


def _address(settings: Settings) -> tuple[str, str]:
    if given := unquoted(settings.llm_base_url or ""):
        return _OWN_ADDRESS, given
    if given := unquoted(settings.openai_base_url or ""):
        return _OPENAI_ADDRESS, given
    return "", OPENAI_BASE_URL


def _key(settings: Settings, is_openai: bool) -> tuple[str, str, str]:
    """Find the key for this address, its variable, and the variable of a key that stays here."""
    own = _bare_key(settings.llm_api_key)
    openai = _bare_key(settings.openai_api_key)
    if own:
        return _OWN_KEY, own, ""
    if openai and is_openai:
        return _OPENAI_KEY, openai, ""
    return "", "", _OPENAI_KEY if openai else ""


def unquoted(given: str) -> str:
    """A setting without blanks around it, nor the quotation marks that some ways to set it keep."""
    bare = given.strip()
    for mark in ('"', "'"):
        if len(bare) > 1 and bare.startswith(mark) and bare.endswith(mark):
            return bare[1:-1].strip()
    return bare


def _bare_key(given: SecretStr | None) -> str:
    """A key without the word that stands before it in a header."""
    bare = unquoted(given.get_secret_value()) if given else ""
    return bare[7:].strip() if bare[:7].casefold() == "bearer " else bare


def _web_address(given: str, variable: str) -> SplitResult:
    parts = _split(given)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        raise ModelConfigurationError(
            phrase(
                "%(variable)s is not a web address. Set it to one such as "
                "http://localhost:11434/v1.",
                variable=variable,
            )
        )
    return parts


def _base_urls(parts: SplitResult) -> tuple[str, ...]:
    """List the addresses that people may mean by what they paste."""
    path = parts.path.rstrip("/")
    for operation in _OPERATIONS:
        path = path.removesuffix(operation)
    bare = parts._replace(path=path, query="", fragment="").geturl()
    versioned = parts._replace(path=f"{path}/v1", query="", fragment="").geturl()
    if path.endswith("/v1"):
        return (bare,)
    # A host alone means its /v1; we first take a longer path at its word.
    return (bare, versioned) if path else (versioned, bare)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _is_openai(host: str) -> bool:
    return host == _OPENAI_HOST or host.endswith(f".{_OPENAI_HOST}")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, so that nothing sent to it leaves."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def proxy_for(url: SplitResult) -> Proxy | None:
    """Find the proxy that the environment, or the system, sets for an address."""
    host = url.hostname or ""
    proxies = getproxies()
    if is_loopback(host) or _bypassed(url, host, proxies.get("no", "")):
        return None
    for kind in (url.scheme, "all"):
        if found := proxies.get(kind, "").strip():
            address = found if "://" in found else f"http://{found}"
            return Proxy(address, _variable(kind))
    return None


def _bypassed(url: SplitResult, host: str, listed: str) -> bool:
    port = url.port or _PORTS.get(url.scheme, 443)
    return proxy_bypass(f"{host}:{port}") or _in_listed_network(host, listed)


def _in_listed_network(host: str, listed: str) -> bool:
    """Whether the host is an address of a network in ``NO_PROXY``, which urllib does not know."""
    for entry in listed.split(","):
        try:
            if ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip(), strict=False):
                return True
        except ValueError:
            continue
    return False


def _variable(kind: str) -> str:
    """Find the variable's spelling here; there is none if the system's settings name the proxy."""
    spelled = [name for name in os.environ if name.lower() == f"{kind}_proxy"]
    return min(spelled, default="the system's settings")


def _place(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{parts.port}" if parts.port else host
