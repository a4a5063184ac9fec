"""The closed classes of English that the frames walk over: auxiliaries, determiners, prepositions, openers of clauses."""

BE = frozenset("'re 's am are be been being is was were".split())
"""Forms of to be."""

HAVE = frozenset("had has have having".split())
"""Forms of to have."""

DO = frozenset("did do does".split())
"""Forms of to do."""

DETERMINERS = frozenset(
    (
        "a all an another any both each eight eleven every five four her his its many nine no other our seven several "
        "six some ten that the their these this those three two"
    ).split()
)
"""Words that open a noun phrase."""

PREPOSITIONS = frozenset(
    (
        "about against amid among as at between beyond by concerning during following for from in into of on over "
        "regarding since through to toward towards under until upon with within"
    ).split()
)
"""Words that carry a noun phrase on."""

BREAKERS = frozenset(
    (
        "after although and/or as because before but if once since so that though unless until when where whereas "
        "whether which while who whom whose"
    ).split()
)
"""Words that open another clause."""

ADVERBS = frozenset(
    (
        "additionally afterwards again all already also both collectively duly earlier even eventually finally formally "
        "friday further furthermore here in-principle indeed instead jointly just later likewise meanwhile monday "
        "moreover newly now officially on once only provisionally recently saturday so soon still sunday then therefore "
        "thursday thus today together tuesday ultimately unanimously wednesday well yesterday"
    ).split()
)
"""Adverbs that may stand inside a verb group, beside those in -ly."""

NOT_ADVERBS = frozenset("apply assembly family italy july monthly reply supply".split())
"""Words in -ly that are none."""

WEEKDAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
"""Names of days."""

MONTH_NAMES = tuple("january february march april may june july august september october november december".split())
"""Names of months, in order."""

MONTHS = frozenset(MONTH_NAMES)
"""Names of months."""
