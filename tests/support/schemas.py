"""Databases as older versions of the program made them."""

import re
import shutil
from pathlib import Path

from store import migrations


def migrations_up_to(revision: str, folder: Path) -> Path:
    """A copy of the migrations in `folder`, without those after `revision`."""
    shutil.copytree(migrations.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for script in (folder / "versions").glob("*.py"):
        found = re.search(r'^revision = "(\d+)"', script.read_text("utf-8"), re.MULTILINE)
        if found and found[1] > revision:
            script.unlink()
    return folder
