"""The templates of messages: ours, and the user's in their place. The one door to Jinja.

A template is text with holes. What may stand in a hole is declared here and nothing else is taken: names, fields, conditions, loops
over the lists of the message, and a few filters. No call, no assignment, no macro: so a template can neither reach what is not given to
it nor run without end. Every template is tried on samples of each kind of alert before the first alert is due.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from aseanwatch.alerts.view import Item, TooLong, Verbatim, View
from core.errors import ConfigError

SUBJECT, CHAT, MAIL_TEXT, MAIL_HTML = "subject.txt", "chat.txt", "mail.txt", "mail.html"
NAMES: dict[str, str] = {
    SUBJECT: "The subject of a mail or webhook and the first line in a chat: one line of at most 150 characters.",
    CHAT: "A message in a chat, without its first line.",
    MAIL_TEXT: "A message whole, as plain text: mail, webhooks, the console.",
    MAIL_HTML: "A mail as HTML.",
}
"""Template -> what it is."""

LONGEST_SOURCE = 100_000
"""Characters of a template file."""
LONGEST_OUTPUT = 400_000
"""Characters that a template may make of one message."""
DEEPEST_LOOP = 3
FILTERS = frozenset(
    {"upper", "lower", "capitalize", "title", "trim", "truncate", "wordwrap", "length", "count", "join", "first", "last", "default", "d"}
    | {"escape", "e"}
)
_LONGEST_NUMBER = 10_000
"""A number in a template: `truncate` and `wordwrap` take one."""
_ALLOWED = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.If, nodes.CondExpr, nodes.For, nodes.Concat, nodes.Include),
    *(nodes.Keyword, nodes.Block, nodes.Extends),
)

_FIELDS = frozenset({field.name for field in fields(Item)} | {"index", "index0", "revindex", "first", "last", "length"})
"""What may stand behind a dot: a field of an item, or what Jinja tells of a loop."""
FAILURES = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError)
"""What a template that passed the check may still raise on some alert."""

_log = logging.getLogger(__name__)


class Unsuited(ConfigError):
    """A template that cannot be used."""


class Templates:
    """Templates by name: those of a folder first, ours for the rest. Threads may share it."""

    def __init__(self, folder: Path | None = None) -> None:
        """Reads them all. Raises ConfigError, which names file and line, for one that is wrong; `check` tries them on alerts."""
        self._folder = folder
        self._ours = {path.name: path.read_text("utf-8") for path in files("aseanwatch.alerts").joinpath("wording").iterdir()}
        self._theirs = _read(folder) if folder else {}
        self._env = _Environment(self._ours | self._theirs)
        self._fallback = _Environment(self._ours) if self._theirs else self._env
        for name, text in self._theirs.items():
            self._vet(name, text)
        for name in self._theirs:
            self._compile(name)

    @property
    def names(self) -> list[tuple[str, str]]:
        """Each template with where it comes from: `built in` or its file."""
        return [(name, str(self._folder / name) if name in self._theirs and self._folder else "built in") for name in NAMES]

    def source(self, name: str) -> str:
        """The text of a template, as it is used. Raises ConfigError for a name that there is not."""
        if name not in self._env.sources:
            raise ConfigError(f"no such template; there are {', '.join(sorted(self._env.sources))}", subject=name)
        return self._env.sources[name]

    def render(self, name: str, shown: View, escape: Callable[[str], str]) -> str:
        """The text that `name` makes of `shown`; strangers' words go through `escape` (not in HTML, which has its own).

        A template of the user's that fails on this alert is not used for it: ours is, and the log says so.
        """
        try:
            return self._env.render(name, shown, escape)
        except FAILURES as error:
            if self._fallback is self._env:
                raise
            _log.warning("%s; the built-in template is used for this alert", self._complaint(name, error))
            shown.items.renew()
            return self._fallback.render(name, shown, escape)

    def check(self, samples: Sequence[View]) -> None:
        """Tries each template of the user's on each sample. Raises ConfigError, which names file and line."""
        for name in NAMES:
            for shown in samples if self._theirs else ():
                try:
                    self._env.render(name, shown, str)
                except FAILURES as error:
                    raise self._complaint(name, error, f" (in a message of the kind {shown.kind})") from None

    def _vet(self, name: str, text: str) -> None:
        try:
            tree = self._env.sandbox(name).parse(text, name)
        except TemplateSyntaxError as error:
            raise self._complaint(name, error) from None
        for node in tree.find_all(nodes.Node):
            if said := _objection(node):
                raise Unsuited(said, subject=self._place(name, node.lineno))
        if deep := _too_deep(tree, 0):
            raise Unsuited(f"loops within loops, deeper than {DEEPEST_LOOP}", subject=self._place(name, deep))

    def _compile(self, name: str) -> None:
        try:
            self._env.sandbox(name).get_template(name)
        except TemplateError as error:
            raise self._complaint(name, error) from None

    def _complaint(self, name: str, error: Exception, when: str = "") -> Unsuited:
        """What is wrong, where: the line of the file in which the template failed."""
        at, line = _where(error, self._env.sources)
        said = (error.message or "") if isinstance(error, TemplateError) else str(error)
        if isinstance(error, RecursionError):
            said = "includes itself"
        return Unsuited(f"{said or type(error).__name__}{when}", subject=self._place(at or name, line))

    def _place(self, name: str, line: int) -> str:
        file = str(self._folder / name) if self._folder and name in self._theirs else name
        return f"alerts.templates: {file}, line {line}" if line else f"alerts.templates: {file}"


class _Sandbox(SandboxedEnvironment):
    """Jinja's sandbox without globals, with the filters that are declared and no others."""

    def __init__(self, sources: Mapping[str, str], escape: Callable[[str], str] | None = None) -> None:
        """With `escape`, text, in which it is applied to every word that is printed; without, HTML."""
        super().__init__(
            loader=FunctionLoader(lambda name: (sources[name], name, None) if name in sources else None),
            undefined=StrictUndefined,
            autoescape=escape is None,
            finalize=None if escape is None else lambda value: _printed(value, escape),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            auto_reload=False,
        )
        self.globals.clear()
        self.filters = {name: made for name, made in self.filters.items() if name in FILTERS}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Only the fields of what is given, and what Jinja tells of a loop."""
        return super().is_safe_attribute(obj, attr, value) and not callable(value)


def _printed(value: Any, escape: Callable[[str], str]) -> Any:
    return escape(value) if isinstance(value, str) and not isinstance(value, Verbatim) else value


class _Environment:
    """The templates of one folder, ready: HTML escapes as HTML does, text as the channel asks for."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = dict(sources)
        self._html = _Sandbox(self.sources)
        self._texts: dict[Callable[[str], str], _Sandbox] = {}

    def sandbox(self, name: str, escape: Callable[[str], str] = str) -> _Sandbox:
        """Where the template of this name is read and run."""
        if name.endswith(".html"):
            return self._html
        return self._texts.setdefault(escape, self._texts.get(escape) or _Sandbox(self.sources, escape))

    def render(self, name: str, shown: View, escape: Callable[[str], str]) -> str:
        """The text that the template makes. Raises TooLong, and what Jinja raises."""
        made, length = [], 0
        template = self.sandbox(name, escape).get_template(name)
        for piece in template.generate({field.name: getattr(shown, field.name) for field in fields(View)}):
            length += len(piece)
            if length > LONGEST_OUTPUT:
                raise TooLong(f"makes more than {LONGEST_OUTPUT} characters of one message")
            made.append(piece)
        return "".join(made)


def _read(folder: Path) -> dict[str, str]:
    """The files of the user's folder. Raises ConfigError for a folder that is none, and for a file whose name means nothing."""
    if not folder.is_dir():
        raise ConfigError("is no folder", subject=f"alerts.templates: {folder}")
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".txt", ".html") or not path.is_file():
            continue
        subject = f"alerts.templates: {path}"
        try:
            found[path.name] = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"cannot be read ({type(error).__name__})", subject=subject) from None
        if len(found[path.name]) > LONGEST_SOURCE:
            raise ConfigError(f"is longer than {LONGEST_SOURCE} characters", subject=subject)
    if not set(found) & set(NAMES):
        raise ConfigError(f"holds none of {', '.join(NAMES)}", subject=f"alerts.templates: {folder}")
    return found


def _objection(node: nodes.Node) -> str:
    """What is wrong with one piece of a template; empty when nothing is."""
    match node:
        case nodes.Call():
            return "calls nothing: only the fields of the message and the filters are there"
        case nodes.Filter() if node.name not in FILTERS:
            return f"no filter {node.name!r}; there are {', '.join(sorted(FILTERS))}"
        case nodes.For() if node.recursive:
            return "no recursive loops"
        case nodes.Getattr() if node.attr not in _FIELDS:
            return f"no field {node.attr!r}"
        case nodes.Getitem() if not isinstance(node.arg, nodes.Const) or not isinstance(node.arg.value, int):
            return "only a number may stand in brackets"
        case nodes.Const() if isinstance(node.value, int | float) and abs(node.value) > _LONGEST_NUMBER:
            return f"no number above {_LONGEST_NUMBER}"
        case nodes.Include() | nodes.Extends() if not isinstance(node.template, nodes.Const):
            return "the name of an included template must be written out"
        case _ if not isinstance(node, _ALLOWED):
            return f"{type(node).__name__.lower()} is not allowed: texts, fields, filters, if and for are"
    return ""


def _too_deep(node: nodes.Node, depth: int) -> int:
    """The line of a loop that is nested too deep; 0 when none is."""
    depth += isinstance(node, nodes.For)
    if depth > DEEPEST_LOOP:
        return node.lineno
    return next((line for child in node.iter_child_nodes() if (line := _too_deep(child, depth))), 0)


def _where(error: Exception, sources: Mapping[str, str]) -> tuple[str, int]:
    """Template and line in which `error` was raised: Jinja writes both into the traceback."""
    if isinstance(error, TemplateSyntaxError):
        return error.name or "", error.lineno
    found, trace = ("", 0), error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name in sources:
            found = (name, trace.tb_lineno)
        trace = trace.tb_next
    return found
