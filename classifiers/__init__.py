"""Text -> reading with evidence: rules and gazetteer as data, versioned by hash; pure.

`load_reader()` gives a `Reader`; its `read(article)` gives a `core.readings.Reading`. `load_calendar()` gives a `core.calendar.Calendar`.
"""

from classifiers.calendar import load_calendar
from classifiers.reader import Reader, load_reader

__all__ = ["Reader", "load_calendar", "load_reader"]
