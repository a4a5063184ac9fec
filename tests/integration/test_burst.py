"""A storm at a receiver with limits: none is lost, none comes twice, and what it does not put off comes in order (hazard 64)."""

from datetime import timedelta

from owed import AT
from receivers import WebhookReceiver
from stores import reading, story, tell

from aseanwatch import wiring
from aseanwatch.alerts.notify import notifier
from aseanwatch.alerts.targets import Target
from aseanwatch.alerts.templates import Templates
from core.delivery import OnUnknown, next_step

ALERTS, BUSY_EVERY = 200, 9


def test_two_hundred_alerts_at_once_all_arrive_once_at_the_receivers_pace():
    with WebhookReceiver() as hook, wiring.scratch() as store:
        made = []
        for n in range(ALERTS):
            article = story(f"{n:03}")
            _, alert = tell(store, article, reading(article, f"Declaration no. {n}"), targets=("hook",), now=AT + timedelta(milliseconds=n))
            made.append(alert.key)
        now = AT + timedelta(seconds=1)
        sender = notifier(Target(name="hook", url=hook.url, per_minute=60), Templates(), monotonic=lambda: (now - AT).total_seconds())
        taken, refused, asked, sent_at = [], set(), 0, []
        for _ in range(2000):
            while claimed := store.claim_delivery("me", now, 60):
                delivery, alert = claimed
                if asked % BUSY_EVERY == BUSY_EVERY - 1 and len(hook.arrivals) == asked:
                    hook.next_answers(429, headers={"Retry-After": "3"})
                receipt = sender.deliver(delivery, alert)
                if len(hook.arrivals) > asked:
                    asked = len(hook.arrivals)
                    if receipt.kind == "accepted":
                        taken.append(alert.key)
                        sent_at.append(now)
                    else:
                        refused.add(alert.key)
                assert store.record_receipt(delivery, receipt, next_step(delivery, receipt, OnUnknown.HOLD, now), now)
            if len(taken) == ALERTS:
                break
            now += timedelta(seconds=1)
        assert sorted(taken) == sorted(made)  # each once
        assert [key for key in taken if key not in refused] == [key for key in made if key not in refused]
        assert len(refused) > ALERTS // (2 * BUSY_EVERY)  # those may come later than others
        pace = [sum(at <= one < at + timedelta(minutes=1) for one in sent_at) for at in sent_at]
        assert max(pace) <= 60 + 30  # a minute's worth, and a first handful at once
