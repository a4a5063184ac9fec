"""Chats, each by its own API on a server of ours: one post, by its rules, safe in its markup, and what its answers mean.

Slack, Telegram and Discord live at one host in the world. Here the name of that host leads to a server on loopback, which speaks TLS under
that name with a certificate that the test makes Apprise's HTTP library trust; all else is as in earnest.
"""

import gc
import html
import re
import socket
from dataclasses import replace

import pytest
from owed import PLAN, a_delivery, an_alert
from receivers import AUTHORITY, CHATS, ChatReceiver

from aseanwatch.alerts.notify import notifier
from aseanwatch.alerts.samples import SAMPLES
from aseanwatch.alerts.targets import Target
from aseanwatch.alerts.templates import Templates
from core.alerts import AlertKind, ReceiptKind

TEMPLATES = Templates()


@pytest.fixture(params=CHATS)
def chat(request, monkeypatch):
    with ChatReceiver(request.param) as receiver:
        if receiver.hosted:
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(AUTHORITY))
            monkeypatch.setattr(socket, "getaddrinfo", receiver.found_by(socket.getaddrinfo))
        yield receiver


def send(chat, alert=None, **delivery):
    return notifier(Target(name="desk", url=chat.url), TEMPLATES, send_seconds=10).deliver(a_delivery(**delivery), alert or an_alert())


def test_a_chat_gets_what_is_new_with_its_proof_and_its_link(chat):
    assert send(chat).kind is ReceiptKind.ACCEPTED
    (post,) = chat.posts
    shown = html.unescape(post)
    for words in (
        "1 new outcome: ASEAN-UK Plan",
        PLAN.sentence.split("(")[0],
        "https://news.example/plan?id=1&lang=en",
        "5f0c2b1e-delivery",
    ):
        assert words in shown


@pytest.mark.parametrize("kind", AlertKind)
def test_each_kind_is_one_post(chat, kind):
    assert send(chat, SAMPLES[kind]).kind is ReceiptKind.ACCEPTED
    assert len(chat.posts) == 1
    assert a_delivery().key in chat.posts[0]


def test_a_long_message_is_one_post_with_its_link_whole(chat):
    """Hazard 67: Discord takes 2,000 characters, Telegram 4,096; nobody gets a second part."""
    items = [replace(PLAN, title=f"{n} " + "plan & <action> " * 15, sentence="words " * 200) for n in range(80)]
    assert send(chat, an_alert(*items)).kind is ReceiptKind.ACCEPTED
    (post,) = chat.posts
    shown = html.unescape(post)
    assert shown.count("https://news.example/plan?id=1&lang=en") >= 1
    listed = shown.count("• ")
    assert f"and {80 - listed} more: aseanwatch alerts show alert-1" in shown
    limit = {"discord": 2000, "tgram": 4096}.get(chat.url.partition(":")[0])
    assert limit is None or len(post) <= limit


NASTY = "<!channel> @everyone <@U1> [x](javascript:alert(1)) *b* _i_ `c` ~s~ <b>t</b> @here #general"
NASTY += " @all <users/all> @**all** || q &lt;!here&gt;"


def armed(name, text):
    """What the service would still take for a mention, a link of its own or markup."""
    text = re.sub(r"https://news\.example/[^\s']+", "", text)
    if name.startswith("slack"):
        return re.findall(r"[<>]", text)
    if name == "tgram":
        return re.findall(r"[<>@]", re.sub(r"^<b>(.*)</b>", r"\1", text))
    if name in ("discord", "mmost"):
        return re.findall(r"[@<>*_`~|\[\]]", re.sub(r"\\[\\*_`~\[\]|<>#]", "", text))
    if name in ("ntfy", "gotify"):
        return []  # plain text there
    return re.findall(r"[@<>*_`~|\[\]#]", text.removeprefix("# "))  # Matrix: the title as Apprise marks it, in a body that is plain


def test_no_mention_link_or_markup_of_strangers_is_obeyed(chat):
    """Hazard 66."""
    name = name_of(chat)
    assert armed(name, NASTY) or name in ("ntfy", "gotify")  # the check can fail
    item = replace(PLAN, title=NASTY, sentence=NASTY, meeting=NASTY, others=(NASTY,))
    assert send(chat, an_alert(item, item, publisher=NASTY, url="https://news.example/@everyone/<!channel>/[a](b)*_`")).kind is (
        ReceiptKind.ACCEPTED
    )
    (post,) = chat.posts
    assert armed(name, post) == []
    assert "everyone" in post


def name_of(chat):
    return next(name for name, api in CHATS.items() if api is chat.api)


def test_a_refusal_is_for_good_and_a_busy_service_is_asked_again_after_the_pause_that_it_asks_for(chat):
    """Hazard 64. Discord is asked a second time at once by Apprise itself."""
    chat.next_refuses()
    chat.next_is_busy(times=2 if name_of(chat) == "discord" else 1)
    refused, busy, last = (send(chat) for _ in range(3))
    assert refused.kind is ReceiptKind.REJECTED
    assert busy.kind is ReceiptKind.RETRY
    assert busy.retry_after == {"tgram": 7.0, "discord": 1.5, "matrix": 2.5}.get(name_of(chat), 30.0)
    assert last.kind is ReceiptKind.ACCEPTED


def test_a_service_that_is_out_of_order_is_asked_again_and_one_that_breaks_off_leaves_a_doubt(chat):
    chat.next_answers(503, body=b"{}")
    assert send(chat).kind is ReceiptKind.RETRY
    chat.next_resets()
    assert send(chat).kind is ReceiptKind.UNKNOWN
    assert len(chat.posts) == 2


def test_a_service_that_moved_is_not_followed(chat):
    chat.next_redirects(302, to="http://127.0.0.1:1/elsewhere")
    assert send(chat).kind is not ReceiptKind.ACCEPTED
    assert len(chat.posts) == 1


def test_a_service_that_is_not_there_is_no_doubt(chat):
    with chat.refusing():
        assert send(chat).kind is ReceiptKind.NOT_SENT
    assert send(chat).kind is ReceiptKind.ACCEPTED


@pytest.mark.parametrize("chat", ["matrix"], indirect=True)
def test_it_logs_out_at_once_and_not_when_it_is_collected(chat):
    """In whatever thread the collector runs, it must not be kept waiting by a chat."""
    gc.disable()
    try:
        assert send(chat).kind is ReceiptKind.ACCEPTED
        *_, last = chat.wait_for(4)
        assert last.path == "/_matrix/client/v3/logout"
    finally:
        gc.enable()
    gc.collect()
    assert send(chat).kind is ReceiptKind.ACCEPTED
    assert [one.path for one in chat.wait_for(8)].count("/_matrix/client/v3/logout") == 2
