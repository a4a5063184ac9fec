"""What the program says of itself for whoever runs it: on standard error, as text or as a JSON object a line."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO


class JsonLines(logging.Formatter):
    """Each record as one object: at, level, logger, message, and error where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        told: dict[str, str] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


class Lines(logging.Formatter):
    """Each record as one line for people; an error's traceback follows."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, in UTC."""
        at = datetime.fromtimestamp(record.created, UTC)
        text = f"{at:%H:%M:%S}Z {record.levelname.lower():<8} {record.name}: {record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def start_logging(level: str, form: str, stream: TextIO | None = None) -> None:
    """Sends everything of at least `level` to `stream` (standard error) in the form `text` or `json`."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else Lines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells at each start which of its own parts it loaded
