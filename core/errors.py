"""Every error that a room raises on purpose.

    AseanwatchError              subject: what it is about; transient: whether trying again can help
    |- ConfigError               settings, rules or the catalogue are wrong          (never transient)
    |- FetchError                the network, or what it answered                    (reason from `Reason`)
    |- ParseError                bytes that are no feed, or only half of one         (reason from `Reason`)
    |- ExtractError              a page that gives no article                        (reason from `Reason`)
    |- StoreError                the database refused
    |- AlreadyRunning            another instance holds the lock

Causes are chained. `FetchError`, `ParseError` and `ExtractError` carry a reason from the closed set in `core.reasons`.
"""

from core.reasons import Reason


class AseanwatchError(Exception):
    """The root; `str()` names the subject and the remedy, where there is one."""

    transient = False

    def __init__(self, message: str, *, subject: str = "") -> None:
        super().__init__(f"{subject}: {message}" if subject else message)
        self.subject = subject
        self.message = message


class ConfigError(AseanwatchError):
    """Settings, rules, catalogue: a person must mend a file. Exit code 2."""


class ReasonedError(AseanwatchError):
    """An error of a stage, with its reason from the closed set."""

    def __init__(self, reason: Reason, detail: str = "", *, subject: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{reason.value}{': ' + detail if detail else ''}", subject=subject)
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after
        """Seconds the other side asked us to wait, when it did."""

    @property
    def transient(self) -> bool:  # type: ignore[override]
        """Whether trying again can help."""
        return self.reason.transient


class FetchError(ReasonedError):
    """No usable response came."""


class ParseError(ReasonedError):
    """The body is no feed."""


class ExtractError(ReasonedError):
    """The page gave no article text."""


class StoreError(AseanwatchError):
    """The database refused, or is not in the state this version needs."""

    def __init__(self, message: str, *, subject: str = "", transient: bool = False) -> None:
        super().__init__(message, subject=subject)
        self.transient = transient


class AlreadyRunning(AseanwatchError):
    """Another instance holds the lock on this data directory or database."""

    def __init__(self, message: str, *, subject: str = "", pid: int | None = None) -> None:
        super().__init__(message, subject=subject)
        self.pid = pid
