"""The nouns that every room shares, and the decisions that need no I/O.

Everything here is frozen, slotted and keyword-only; times are aware UTC; text is NFC.
This room imports the standard library and nothing else.
"""
