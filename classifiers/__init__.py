"""Text -> reading with evidence: rules and gazetteer as data, versioned by hash; pure.

`load_reader()` gives a `Reader`; its `read(article)` gives a `core.readings.Reading`.
"""

from classifiers.reader import Reader, load_reader

__all__ = ["Reader", "load_reader"]
