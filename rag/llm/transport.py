"""The HTTP client of one endpoint: its proxy or none, its key and no other, no redirects."""

import os

import httpx

from index.errors import ModelConfigurationError
from index.saying import phrase
from rag.llm.addresses import Endpoint

_OPENAI_ONLY = ("OpenAI-Organization", "OpenAI-Project")
_LIMITS = httpx.Limits(max_connections=32, max_keepalive_connections=8)


def open_http(endpoint: Endpoint, timeout_s: float) -> httpx.AsyncClient:
    """Make a client for this endpoint alone.

    httpx would take its proxies from the environment, and fail over one that it cannot use even if
    no request needs it. So the endpoint names the proxy.

    Args:
        endpoint: the destination of every request.
        timeout_s: of each step of a request.

    Raises:
        ModelConfigurationError: the proxy or the certificates do not work.
    """
    return httpx.AsyncClient(
        # The question and the key are for the configured address alone.
        follow_redirects=False,
        timeout=timeout_s,
        transport=_transport(endpoint),
        event_hooks={"request": [_Prepared(endpoint)]},
    )


def _transport(endpoint: Endpoint) -> httpx.AsyncHTTPTransport:
    proxy = endpoint.proxy
    variable = proxy.variable if proxy else phrase("A variable")
    try:
        return httpx.AsyncHTTPTransport(proxy=proxy.url if proxy else None, limits=_LIMITS)
    except ImportError:
        raise ModelConfigurationError(
            phrase(
                "%(variable)s names a SOCKS proxy, and what speaks to those is not installed: "
                "pip install 'httpx[socks]'. Or name %(host)s in NO_PROXY.",
                variable=variable,
                host=endpoint.host,
            )
        ) from None
    except (httpx.InvalidURL, ValueError):
        raise ModelConfigurationError(
            phrase(
                "%(variable)s is not a proxy's address. Set it to one such as "
                "http://proxy.example:3128, or unset it.",
                variable=variable,
            )
        ) from None
    except OSError:  # httpx reads certificates from where these point
        named = "SSL_CERT_FILE" if os.environ.get("SSL_CERT_FILE") else "SSL_CERT_DIR"
        raise ModelConfigurationError(
            phrase(
                "%(variable)s does not lead to readable certificates. Correct or unset it.",
                variable=named,
            )
        ) from None


class _Prepared:
    """Gives a request the form that this endpoint is to see.

    OpenAI's client adds headers of its own from the environment (another key, an organization, a
    project, anything in ``OPENAI_CUSTOM_HEADERS``), whatever the address.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    async def __call__(self, request: httpx.Request) -> None:
        endpoint, headers = self._endpoint, request.headers
        if not endpoint.is_openai:
            for name in _OPENAI_ONLY:
                headers.pop(name, None)
        if endpoint.variable == "PRESSMARK_LLM_BASE_URL":
            for line in os.environ.get("OPENAI_CUSTOM_HEADERS", "").splitlines():
                headers.pop(line.partition(":")[0].strip() or "-", None)
        headers.pop("Authorization", None)
        if endpoint.key:
            headers["Authorization"] = f"Bearer {endpoint.key}"
            if endpoint.is_azure:
                headers["api-key"] = endpoint.key
        if endpoint.query:
            request.url = request.url.copy_merge_params(httpx.QueryParams(endpoint.query))
