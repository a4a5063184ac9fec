"""Names of states and organisations, for words that hold two of them: "ASEAN-UK", "Russia-ASEAN"."""

from classifiers.rulebook import Rulebook
from classifiers.text import fold


def partners(book: Rulebook) -> dict[str, str]:
    """One-word names and adjectives, folded -> short English name, of every party that is no member of ASEAN."""
    found: dict[str, str] = {}
    for party in book["parties"]["party"]:
        if party["kind"] == "member":
            continue
        for name in (party["name"], *party.get("names", [])):
            word = fold(name).rstrip(".")
            if " " not in word:
                found.setdefault(word, party["name"])
            elif party["kind"] != "body":  # "ASEAN-New Zealand": the half behind the hyphen
                found.setdefault(word.split()[-1], party["name"])
    return {
        word: name for word, name in found.items() if word not in ("states", "kingdom", "emirates", "republic", "federation", "authority")
    }
