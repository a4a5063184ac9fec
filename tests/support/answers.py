"""What came of asking, as the poller hands it over."""

from core.polling import Answer, body_hash
from core.sources import Feed, Response


def answered(response: Response, feed: Feed | None) -> Answer:
    """A body that came in full, and what was read in it."""
    return Answer(response=response, feed=feed, hashed=body_hash(response.body))
