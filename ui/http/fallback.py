"""What the API's addresses answer if no route does.

The page is mounted at ``/`` and would otherwise take these requests: a wrong method would get
Gradio's "not found".
"""

from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from ui.http.problems import problem_response


def answer_for_api_addresses(app: FastAPI) -> None:
    """Add HEAD for every GET, and then 404, 405 and OPTIONS for the rest.

    Args:
        app: with all the API's routes, and without the page yet.
    """
    for route in [r for r in app.routes if isinstance(r, Route) and "GET" in (r.methods or ())]:
        app.add_api_route(route.path, route.endpoint, methods=["HEAD"], include_in_schema=False)
    routes = [route for route in app.routes if isinstance(route, Route)]
    fallback = _Fallback(routes)
    for path in sorted({route.path for route in routes} | {"/v1/{rest:path}"}):
        app.router.routes.append(Route(path, fallback, include_in_schema=False))


class _Fallback:
    def __init__(self, routes: list[Route]) -> None:
        self.routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = self._response(scope)
        await response(scope, receive, send)

    def _response(self, scope: Scope) -> Response:
        known = [route for route in self.routes if route.matches(scope)[0] is not Match.NONE]
        if not known:
            return problem_response(404, "There is nothing at this address; /docs lists the API.")
        methods = {method for route in known for method in route.methods or ()}
        allow = {"Allow": ", ".join(sorted(methods | {"OPTIONS"}))}
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers=allow)
        detail = f"Use {' or '.join(sorted(methods))} here."
        return problem_response(405, detail, headers=allow)
