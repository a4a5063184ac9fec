"""A server of many feeds, for benches: python feedsite.py NUMBER prints its origin and serves until standard input closes.

Feeds of 30 items; every other one carries whole articles, the others summaries. `GET /mode/NAME` sets how it answers:

    unchanged    304 to the validators that it gave
    same         200 with the body of last time, whatever was asked, and no validators
    tenth        one new item in every tenth feed; 304 from the others
"""

import asyncio
import random
import sys
from functools import cache

ITEMS = 30
WORDS = (
    "ministers adopted statement region partners agreed trade security cooperation meeting framework maritime digital economy "
    "community council secretariat declaration dialogue energy health education border talks summit foreign officials plan"
).split()


def _sentence(dice: random.Random) -> str:
    return " ".join(dice.choices(WORDS, k=18)).capitalize() + "."


@cache
def _item(feed: int, number: int) -> bytes:
    dice = random.Random(feed * 1000 + number)
    title = " ".join(dice.choices(WORDS, k=9)).capitalize()
    summary = " ".join(_sentence(dice) for _ in range(4))
    whole = "".join(f"<p>{_sentence(dice)} {_sentence(dice)} {_sentence(dice)}</p>" for _ in range(9)) if feed % 2 else ""
    content = f"<content:encoded><![CDATA[{whole}]]></content:encoded>" if whole else ""
    link = f"https://press-{feed}.example/news/{number}.html"
    return (
        f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{feed}-{number}</guid>"
        f"<pubDate>Sat, {1 + number % 28:02} Nov 2025 08:00:00 GMT</pubDate><description>{summary}</description>{content}</item>\n"
    ).encode()


@cache
def _body(feed: int, newest: int) -> bytes:
    head = (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
        f"<title>Press {feed}</title><link>https://press-{feed}.example/</link><description>News</description>\n"
    )
    return head.encode() + b"".join(_item(feed, number) for number in range(newest, newest - ITEMS, -1)) + b"</channel></rss>"


class Site(asyncio.Protocol):
    """One connection, kept open; what is shared by all stands in the class."""

    mode = "unchanged"
    newest = ITEMS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.waiting = b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            request, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            self.transport.write(self.answer(request))
            if b"connection: close" in request.lower():
                self.transport.close()

    def answer(self, request: bytes) -> bytes:
        _, name, value = request.split(b" ", 2)[1].decode().split("/")
        if name == "mode":
            Site.mode, Site.newest = value, Site.newest + (value == "tenth")
            return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        feed = int(value)
        newest = Site.newest if feed % 10 == 0 else ITEMS
        etag = f'"{feed}-{newest}"'.encode()
        if Site.mode != "same" and b"\r\nif-none-match: " + etag in request.replace(b"If-None-Match", b"if-none-match"):
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n"
        body = _body(feed, newest)
        validators = b"" if Site.mode == "same" else b"ETag: " + etag + b"\r\n"
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n%sContent-Length: %d\r\n\r\n%s" % (validators, len(body), body)


async def serve(number: int) -> None:
    """Serves so many feeds on a free port of 127.0.0.1."""
    for feed in range(number):
        _body(feed, ITEMS)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Site, "127.0.0.1", 0, backlog=1000)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
