"""What every answer under /console tells the browser. Tests hold these by equality."""

from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {frame}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Only our own files run; no inline script or style, no picture or connection from elsewhere, and no script can turn
text into HTML."""

HEADERS = {
    "Content-Security-Policy": POLICY.format(frame="'none'"),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), clipboard-read=(), display-capture=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
FRAMED = {"Content-Security-Policy": POLICY.format(frame="'self'"), "X-Frame-Options": "SAMEORIGIN"}
"""The small page that keeps conversations without scripts stands in a frame of ours."""

FILES = {"Cache-Control": "private, no-cache"}
"""Style and scripts may be kept, but are asked after each time: they change with the code."""

HTTPS_ONLY = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


def expected(endpoint: str | None, https: bool) -> dict[str, str]:
    """The headers of an answer of this endpoint (None: no such page)."""
    more = FRAMED if endpoint == "console.beating_page" else FILES if endpoint == "console.static" else {}
    return HEADERS | more | (HTTPS_ONLY if https else {})


def set_headers(app: Flask, https: bool) -> None:
    """On every answer under /console, also where there is no page."""

    @app.after_request
    def headers(response: Response) -> Response:
        if request.path == "/console" or request.path.startswith("/console/"):
            response.headers.update(expected(request.endpoint, https))
            if response.status_code == 308 and response.location:
                # Werkzeug adds a missing slash to the address with the Host the request named, which anybody can make.
                response.location = urlunsplit(("", "", *urlsplit(response.location)[2:]))
        return response
