"""What several processes do to one file of changes at the same time."""

from pathlib import Path

from ingest.changes import changing


def switches(file: Path, name: str) -> None:
    """Switches ten sources off, one after another."""
    for number in range(10):
        with changing(file) as changes:
            changes.change(f"{name}-{number}", {"enabled": False})
