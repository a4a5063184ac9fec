"""What a forked child inherits and must not touch: open connections, locks that some thread held, threads that are not there any more."""

import os
from typing import Protocol
from weakref import WeakSet


class Forgetful(Protocol):
    """Something that can begin anew in a child."""

    def forget(self) -> object:
        """Begins anew; what is returned is kept, because closing it would say goodbye in the parent's name."""
        ...


_watched: "WeakSet[Forgetful]" = WeakSet()
_kept: list[object] = []


def watch(thing: Forgetful) -> None:
    """Lets `thing` forget what it has, in every child from now on."""
    _watched.add(thing)


def _in_child() -> None:
    _kept.extend(thing.forget() for thing in list(_watched))


os.register_at_fork(after_in_child=_in_child)
