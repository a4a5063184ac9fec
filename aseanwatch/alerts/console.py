"""The console as a target: where alerts go when none is configured."""

from collections.abc import Callable

from aseanwatch.alerts.messages import full
from aseanwatch.alerts.templates import Templates
from core.alerts import Alert, Delivery, Receipt, ReceiptKind

NAME = "console"


class ConsoleNotifier:
    """Prints each alert whole; satisfies `ports.Notifier`."""

    def __init__(self, write: Callable[[str], object], templates: Templates, width: int = 78) -> None:
        """`write` puts one text, several lines long, before somebody's eyes."""
        self._write = write
        self._templates = templates
        self._rule = "=" * width

    def deliver(self, delivery: Delivery, alert: Alert) -> Receipt:
        """Accepted once it is written; a console that is gone may come back."""
        message = full(alert, delivery, self._templates)
        try:
            self._write(f"{self._rule}\nALERT  {message.subject}\n\n{message.body}\n{self._rule}")
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            return Receipt(kind=ReceiptKind.NOT_SENT, reason=f"the console cannot be written ({type(error).__name__})")
        return Receipt(kind=ReceiptKind.ACCEPTED)
