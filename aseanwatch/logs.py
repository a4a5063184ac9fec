"""What the program says of itself for whoever runs it: on standard error, as text or as a JSON object a line.

Strangers' words stand in it: titles, addresses, what servers answered. Whatever they hold, a record stays one line (its traceback indented
below it), and nothing of theirs reaches a terminal as a command.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def seen(text: str) -> str:
    """`text` with line ends, control and direction characters spelled out."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class JsonLines(logging.Formatter):
    """Each record as one object: at, level, logger, message, and error where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        told: dict[str, str] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": seen(record.getMessage()),
        }
        if record.exc_info:
            told["error"] = "\n".join(seen(line) for line in self.formatException(record.exc_info).split("\n"))
        return json.dumps(told, ensure_ascii=False)


class Lines(logging.Formatter):
    """Each record as one line for people; an error's traceback follows."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, in UTC."""
        at = datetime.fromtimestamp(record.created, UTC)
        text = f"{at:%H:%M:%S}Z {record.levelname.lower():<8} {record.name}: {seen(record.getMessage())}"
        if not record.exc_info:
            return text
        return "\n    ".join([text, *(seen(line) for line in self.formatException(record.exc_info).split("\n"))])


def start_logging(level: str, form: str, stream: TextIO | None = None) -> None:
    """Sends everything of at least `level` to `stream` (standard error) in the form `text` or `json`."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else Lines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells at each start which of its own parts it loaded
