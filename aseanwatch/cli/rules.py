"""`aseanwatch rules`: the rules as they stand, their examples put to the test, and the user's own tried on what is stored."""

import json
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from aseanwatch.cli.options import Day, json_option, settings_from, settings_options
from aseanwatch.cli.output import moment, progress, table, write_json
from aseanwatch.contract import span_json
from aseanwatch.records import iso
from classifiers import Reader, load_reader
from classifiers.checks import Verdict, check
from classifiers.custom import Finder
from classifiers.entries import KINDS, RuleEntry, entries
from classifiers.rulebook import load
from core.articles import Article
from core.errors import AseanwatchError, ConfigError
from core.readings import Evidence, Reading
from core.texts import one_line

_KINDS = (*dict.fromkeys(kind for kind, _ in KINDS.values()), "alert")
_ROOM = 70
"""Characters of an example in the table."""

rules_option = click.option(
    "--rules", multiple=True, type=click.Path(exists=True, path_type=Path), help="More rules: a file or a folder; may be repeated."
)


@click.group()
def rules() -> None:
    """Check the rules, list them, and try your own on what is stored.

    Rules are TOML files; docs/reference/rules.md teaches the language. Your own topics and alerts stand in a file of your own, which
    `[rules] files` in the settings names.

    \b
    Examples:
      aseanwatch rules check                          run the examples of every rule
      aseanwatch rules check --rules my-topics.toml
      aseanwatch rules show act.adopt
      aseanwatch rules dry-run my-topics.toml --since 2024-07-01
    """


@rules.command("check")
@rules_option
@json_option
@settings_options
@click.pass_context
def check_(ctx: click.Context, rules: tuple[Path, ...], as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Load all rules and run their examples: each `yes` must be taken, each `no` left alone. Exit 1 when one is not.

    The rules are those of the settings, or with --rules those that come with the program and the ones you name.
    With --json one object an example: {"file", "line", "rule", "wanted", "example", "held", "reason"}.

    \b
    Examples:
      aseanwatch rules check
      aseanwatch rules check --rules my-topics.toml --json
    """
    reader = load_reader(_files(rules, config, data_dir))
    verdicts = check(reader)
    failures = [verdict for verdict in verdicts if not verdict.held]
    if as_json:
        for verdict in verdicts:
            write_json(_verdict_json(verdict))
    else:
        _show_verdicts(reader, verdicts, failures)
    ctx.exit(1 if failures else 0)


def _show_verdicts(reader: Reader, verdicts: Sequence[Verdict], failures: Sequence[Verdict]) -> None:
    shown = [
        (_short(one.entry), one.entry.name, "yes" if one.wanted else "no", _cut(one.example), "ok" if one.held else "WRONG")
        for one in verdicts
    ]
    table(("file", "rule", "must match", "example", "verdict"), shown, empty="No rule has an example.")
    for one in failures:
        must = "must match, and did not" if one.wanted else "must not match, and did"
        click.echo(f"{one.entry.file.where}: line {one.line}: {one.entry.name} {must}: “{one.example}”\n    {one.reason}")
    silent = [entry.name for entry in entries(reader.book, reader.custom.rules) if not entry.examples and entry.kind != "party"]
    without = f"; without examples: {', '.join(silent)}" if silent else ""
    click.echo(f"{len(verdicts)} examples, {len(failures)} wrong{without}; rule set {reader.ruleset}")


@rules.command("list")
@click.argument("kind", required=False, type=click.Choice(_KINDS))
@rules_option
@json_option
@settings_options
def list_(kind: str | None, rules: tuple[Path, ...], as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """List the rules, or those of one KIND: what each is called, where it stands, how many phrases and examples it has.

    \b
    Examples:
      aseanwatch rules list
      aseanwatch rules list topic
      aseanwatch rules list alert --rules my-alerts.toml
    """
    book = load(_files(rules, config, data_dir))
    found = [entry for entry in entries(book, Finder(book).rules) if entry.kind == kind or (kind is None and entry.kind != "party")]
    if as_json:
        for entry in found:
            write_json(_entry_json(entry))
        return
    rows = [
        (entry.name, f"{_short(entry)}:{entry.line}", str(sum(map(len, entry.phrases.values()))), str(len(entry.examples)), _about(entry))
        for entry in found
    ]
    table(("rule", "where", "phrases", "examples", "about"), rows, empty="No rule of this kind.")
    counts = Counter(entry.kind for entry in found)
    click.echo(f"{', '.join(f'{count} {name}' for name, count in counts.items())}; rule set {book.digest}")


@rules.command()
@click.argument("rule")
@rules_option
@json_option
@settings_options
def show(rule: str, rules: tuple[Path, ...], as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Show one rule, by the name that `explain` gives it: where it stands, what it looks for, its examples.

    \b
    Examples:
      aseanwatch rules show act.adopt
      aseanwatch rules show topic.trade
      aseanwatch rules show topic.rice --rules my-topics.toml
    """
    book = load(_files(rules, config, data_dir))
    found = [entry for entry in entries(book, Finder(book).rules) if rule in (entry.name, entry.name.partition(".")[2])]
    if not found:
        raise AseanwatchError("no such rule; `aseanwatch rules list` names them", subject=rule)
    for entry in found:
        if as_json:
            write_json(_entry_json(entry))
        else:
            _show(entry)


def _show(entry: RuleEntry) -> None:
    click.echo(f"{entry.name}  {entry.file.where}:{entry.line}")
    if _about(entry):
        click.echo(f"  {_about(entry)}")
    for key, value in entry.row.items():
        if key in ("about", "id", "code", "name", "yes", "no"):
            continue
        if key in entry.phrases:
            click.echo(f"  {key} ({len(value)}): {' · '.join(value)}")
        else:
            click.echo(f"  {key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    for wanted, example in entry.examples:
        click.echo(f"  {'yes' if wanted else 'no'}: “{example}”")


@rules.command("dry-run")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--since", type=Day(), help="Only articles published (or first seen) on or after this day.")
@click.option("--limit", type=click.IntRange(1), default=5000, show_default=True, help="How many articles at most, newest first.")
@json_option
@settings_options
def dry_run(file: Path, since: datetime | None, limit: int, as_json: bool, config: Path | None, data_dir: Path | None) -> None:
    """Try the topics and alerts of a FILE (or folder) of your own on the stored articles. Nothing is kept and nobody is told.

    Prints each match with the words that made it. With --json one object a match: {"article", "published", "title", "rule", "score",
    "evidence": [{"field", "start", "end", "text", "weight"}]}.

    \b
    Examples:
      aseanwatch rules dry-run my-topics.toml
      aseanwatch rules dry-run my-topics.toml --since 2024-07-01 --json
    """
    from aseanwatch import wiring

    settings = settings_from(config, data_dir)
    here = file.resolve()
    others = [path for path in settings.rules.files if path.resolve() not in (here, *here.parents)]
    reader = load_reader([*others, file])
    tried = {f"{rule.kind}.{rule.name}" for rule in reader.custom.rules if Path(rule.file.where).resolve().is_relative_to(here)}
    if not tried:
        raise ConfigError("holds no topic and no alert to try", subject=str(file))
    with wiring.storage(settings) as store:
        stored = store.articles(limit=limit)
    chosen = [article for article in stored if since is None or (at := _when(article)) is None or at >= since]
    counts: Counter[str] = Counter()
    with progress("dry-run", len(chosen)) as step:
        for article in chosen:
            for match in _matches(reader.read(article), tried):
                counts[match.rule] += 1
                _show_match(article, match, as_json=as_json)
            step()
    if as_json:
        return
    for name in sorted(tried):
        click.echo(f"{name}: {counts[name]} of {len(chosen)} articles")
    if len(stored) == limit:
        click.echo(f"These were the newest {limit} articles; --limit looks at more.")


@dataclass(frozen=True, slots=True)
class _Match:
    """One of the tried rules that holds in an article."""

    rule: str
    score: float
    evidence: tuple[Evidence, ...]


def _matches(reading: Reading, tried: Set[str]) -> list[_Match]:
    found = [_Match(f"topic.{topic.code}", topic.score, topic.evidence) for topic in reading.topics]
    found += [_Match(f"alert.{alert.name}", sum(one.weight for one in alert.evidence), alert.evidence) for alert in reading.user_alerts]
    return [match for match in found if match.rule in tried]


def _show_match(article: Article, match: _Match, *, as_json: bool) -> None:
    if as_json:
        evidence = [span_json(one.span) | {"weight": one.weight} for one in match.evidence]
        record = {"article": article.key, "published": iso(article.published), "title": article.title, "rule": match.rule}
        write_json(record | {"score": match.score, "evidence": evidence})
        return
    words = " · ".join(f"“{one_line(one.span.quote)}” {one.weight:+g}" for one in match.evidence)
    click.echo(
        f"{moment(_when(article))[:10]}  {match.rule}  {one_line(article.title or article.key)}\n            {match.score:g}: {words}"
    )


def _when(article: Article) -> datetime | None:
    return article.published or article.first_seen


def _files(rules: tuple[Path, ...], config: Path | None, data_dir: Path | None) -> Sequence[Path]:
    """The rule files to load on top of those that ship: the ones named, or else those of the settings."""
    return rules or settings_from(config, data_dir).rules.files


def _about(entry: RuleEntry) -> str:
    from core.codes import MEETING_TYPES, TOPICS

    about = str(entry.row.get("about", ""))
    name = entry.name.partition(".")[2]
    return about or (MEETING_TYPES.get(name, "") if entry.kind == "meeting" else TOPICS.get(name, "") if entry.kind == "topic" else "")


def _short(entry: RuleEntry) -> str:
    return Path(entry.file.where).name


def _cut(example: str) -> str:
    return example if len(example) <= _ROOM else example[: _ROOM - 1].rstrip() + "…"


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "file": verdict.entry.file.where,
        "line": verdict.line,
        "rule": verdict.entry.name,
        "wanted": verdict.wanted,
        "example": verdict.example,
        "held": verdict.held,
        "reason": verdict.reason,
    }


def _entry_json(entry: RuleEntry) -> dict[str, Any]:
    return {
        "rule": entry.name,
        "kind": entry.kind,
        "file": entry.file.where,
        "line": entry.line,
        "about": _about(entry),
        "phrases": entry.phrases,
        "yes": [example for wanted, example in entry.examples if wanted],
        "no": [example for wanted, example in entry.examples if not wanted],
    }
