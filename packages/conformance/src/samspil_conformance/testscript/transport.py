"""How a run's requests reach a server: through an httpx client, which may lead into an application in this process."""

import httpx

from .exchange import Content, Message
from .run import Send, Unavailable

__all__ = ["sender"]

_DROPPED = frozenset({"host", "content-length", "connection", "accept-encoding", "user-agent"})


def sender(client: httpx.Client) -> Send:
    """Sends by a client; redirects are followed as the client does."""

    def send(request: Message) -> Message:
        try:
            answer = client.request(
                request.method, request.url, headers=dict(request.headers), content=request.content.data or None
            )
        except httpx.InvalidURL as error:
            raise Unavailable(f"{request.url} is no URL: {error}") from None
        except (httpx.HTTPError, UnicodeError) as error:
            raise Unavailable(f"no answer from {httpx.URL(request.url).host}: {type(error).__name__}") from None
        headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in _DROPPED}
        return Message(headers, Content(answer.content), status=answer.status_code)

    return send
