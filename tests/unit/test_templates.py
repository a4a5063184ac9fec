"""Templates of the user's own: they take the place of ours, are tried at the start, and can do nothing but words."""

import logging
import re
import time
from dataclasses import fields, replace
from pathlib import Path

import pytest
from owed import PLAN, a_delivery, an_alert

from aseanwatch.alerts import messages
from aseanwatch.alerts.messages import checked
from aseanwatch.alerts.samples import DELIVERY, SAMPLES, samples
from aseanwatch.alerts.templates import FILTERS, LONGEST_SOURCE, NAMES, Templates
from aseanwatch.alerts.view import Item, Room, View, view
from core.errors import ConfigError

MANUAL = Path(__file__).parents[2] / "docs"


@pytest.fixture
def folder(tmp_path):
    def write(name="chat.txt", text="{{ first }}"):
        (tmp_path / name).write_text(text, "utf-8")
        return tmp_path

    return write


def chat(templates, alert=None):
    return messages.short(alert or an_alert(), a_delivery(), templates, 2000).body


def test_ours_say_something_about_every_sample():
    ours = checked()
    assert [name for name, where in ours.names if where == "built in"] == list(NAMES)
    for alert in samples():
        mail = messages.mail(alert, DELIVERY, ours)
        assert mail.subject
        assert DELIVERY.key in mail.body
        assert DELIVERY.key in mail.html


def test_a_file_of_the_users_takes_the_place_of_the_one_of_its_name(folder):
    templates = checked(folder("chat.txt", "News! {{ first|upper }} {{ link }}\n"))
    assert chat(templates) == "News! ASEAN-UK PLAN OF ACTION 2022-2026 https://news.example/plan?id=1&lang=en"
    assert messages.full(an_alert(), a_delivery(), templates).body == messages.full(an_alert(), a_delivery(), checked()).body
    assert dict(templates.names)["chat.txt"].endswith("/chat.txt")
    assert templates.source("chat.txt").startswith("News!")


def test_a_template_may_include_another_file_of_the_folder(folder):
    folder("foot.txt", "bye {{ delivery }}")
    assert chat(
        checked(folder("chat.txt", "{% for item in items %}{{ loop.index }} {{ item.title }}\n{% endfor %}{% include 'foot.txt' %}"))
    ) == ("1 ASEAN-UK Plan of Action 2022-2026\nbye 5f0c2b1e-delivery")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one\ntwo {{ nothing }}", r"chat\.txt, line 2: 'nothing' is undefined \(in a message of the kind news\)"),
        ("{% if kind == 'digest' %}\n{{ items[0].tittle }}{% endif %}", "line 2: no field 'tittle'"),
        ("{% if kind == 'digest' %}\n{{ items[99].title }}{% endif %}", r"line 2: .* \(in a message of the kind digest\)"),
        ("a\n\n{% if %}", "line 3: Expected an expression"),
        ("{% for item in items %}", "line 1: Unexpected end of template"),
        ("{{ first|nope }}", "line 1: .*nope"),
        ("x\n{{ range(10) }}", "line 2: calls nothing"),
        ("{% set x = 1 %}", "line 1: assign is not allowed"),
        ("{% macro a() %}{% endmacro %}", "macro is not allowed"),
        ("{% import 'mail.txt' as m %}", "import is not allowed"),
        ("{{ 10 * 10 }}", "mul is not allowed"),
        ("{{ first|safe }}", "no filter 'safe'"),
        ("{% autoescape false %}{{ first }}{% endautoescape %}", "is not allowed"),
        ("{{ first|truncate(99999999) }}", "no number above"),
        ("{% include 'nothing.txt' %}", "nothing.txt"),
        ("{% include 'chat.txt' %}", "includes itself"),
        ("{% include first %}", "must be written out"),
        ("{% for a in items recursive %}{% endfor %}", "no recursive loops"),
        ("{% for a in items %}" * 4 + "x" + "{% endfor %}" * 4, "deeper than 3"),
        ("{{ first[kind] }}", "only a number"),
        ("x" * (LONGEST_SOURCE + 1), "is longer than"),
    ],
)
def test_a_template_that_cannot_work_is_refused_at_the_start_with_its_line(folder, text, said):
    with pytest.raises(ConfigError, match=said) as refused:
        checked(folder("chat.txt", text))
    assert "chat.txt" in refused.value.subject
    assert "alerts.templates" in refused.value.subject


def test_a_folder_that_is_none_or_holds_nothing_is_refused(tmp_path, folder):
    with pytest.raises(ConfigError, match="is no folder"):
        checked(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match=r"holds none of subject\.txt"):
        checked(folder("chatt.txt"))


ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ items.__class__ }}",
    "{{ items.__init__.__globals__ }}",
    "{{ self.__init__.__globals__.__builtins__ }}",
    "{{ config }}",
    "{{ request.application }}",
    "{{ lipsum.__globals__.os }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ joiner }}",
    "{{ namespace }}",
    "{{ first|attr('__class__') }}",
    "{{ first.format }}",
    "{{ items.count }}",
    "{{ items._rows }}",
    "{{ items|map(attribute='__class__')|list }}",
    "{{ first['__class__'] }}",
    "{{ '%s'|format(first) }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "{{ ''['__cla' ~ 'ss__'] }}",
    "{% include '/etc/passwd' %}",
    "{% include '../../../etc/passwd' %}",
    "{% extends '/etc/passwd' %}",
    "{{ loop }}{{ debug() }}",
    "{{ self._TemplateReference__context }}",
    "{% print(first.__class__) %}",
    "{% do first %}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9**9**9 }}",
    "{{ first|center(1000000000) }}",
    "{% for a in items %}{% for b in items %}{% for c in items %}{% for d in items %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_no_template_reaches_what_it_is_not_given(folder, text):
    begun = time.monotonic()
    with pytest.raises(ConfigError):
        checked(folder("chat.txt", text))
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("payload", [*ESCAPES, "{{7*7}}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "{% raw %}", "{#", "*{7*7}"])
def test_a_template_in_a_title_is_words(payload):
    alert = an_alert(replace(PLAN, title=payload, sentence=payload), headline=payload)
    ours = checked()
    for text in (messages.full(alert, a_delivery(), ours).body, messages.short(alert, a_delivery(), ours, 3000, messages.LITERAL).body):
        assert text.count(payload) >= 2
        assert "49" not in text


def test_html_escapes_what_strangers_wrote():
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><a href=javascript:alert(1)>x</a>"
    alert = an_alert(
        replace(PLAN, title=nasty, sentence=nasty, meeting=nasty, parties=(nasty,), others=(nasty,)),
        headline=nasty, publisher=nasty, url="https://news.example/\"><script>alert(2)</script>",
    )  # fmt: skip
    html = messages.mail(alert, a_delivery(), checked()).html
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert set(re.findall(r"<(\w+)", html)) == {"html", "head", "meta", "title", "body", "div", "p", "br", "a", "code"}
    assert re.findall(r"href=\"([^\"]*)\"", html) == ["https://news.example/%22%3E%3Cscript%3Ealert(2)%3C/script%3E"]
    assert 'href="' not in messages.mail(replace(alert, url="javascript:alert(1)"), a_delivery(), checked()).html


def test_html_asks_for_nothing_from_elsewhere():
    html = "".join(messages.mail(alert, DELIVERY, checked()).html for alert in samples())
    assert re.findall(r"src=|url\(|@import|<link|<script|<style", html) == []
    assert "background" not in re.findall(r"style=\"([^\"]*)\"", html)  # dark mode chooses its own
    assert not re.search(r"[^-]color:\s*#(?:0|f)", html)


def test_loops_and_output_are_bounded(folder, caplog):
    """Two loops within a loop over 500 items would be 125 million rows; what is sent then is ours."""
    loops = "{% for a in items %}{% for b in items %}{% for c in items %}{% endfor %}{% endfor %}{% endfor %}x"
    templates = checked(folder("mail.txt", loops))
    many = an_alert(*[PLAN] * 500)
    begun = time.monotonic()
    with caplog.at_level(logging.WARNING):
        body = messages.full(many, a_delivery(), templates).body
    assert time.monotonic() - begun < 10
    assert body == messages.full(many, a_delivery(), checked()).body
    assert "mail.txt" in caplog.text
    assert "more than 20000 rows" in caplog.text


def test_a_template_that_fails_on_a_rare_alert_loses_nothing(folder, caplog):
    templates = checked(folder("chat.txt", "a\n{% if count == 7 %}{{ items[99].title }}{% endif %}{{ delivery }}"))
    assert chat(templates) == "a\n5f0c2b1e-delivery"
    with caplog.at_level(logging.WARNING):
        assert chat(templates, an_alert(*[PLAN] * 7)) == chat(checked(), an_alert(*[PLAN] * 7))
    assert "chat.txt, line 2" in caplog.text
    assert PLAN.title not in caplog.text


def test_what_a_template_makes_is_still_one_line_where_one_is_due_and_cut_to_its_room(folder):
    folder("subject.txt", "one\nBcc: two@evil.example\r\n{{ first }}")
    templates = checked(folder("chat.txt", "word " * 2000 + "\n{{ link }}"))
    assert "\n" not in messages.subject(an_alert(), a_delivery(), templates)
    assert chat(templates) == "https://news.example/plan?id=1&lang=en"


def test_the_manual_describes_every_field_template_and_filter():
    page = (MANUAL / "reference" / "messages.md").read_text("utf-8")
    for heading, kind in (("The message", View), ("An item", Item)):
        rows = re.findall(r"^\| `(\w+)` \|", page.split(f"## {heading}\n")[1].split("\n## ")[0], re.MULTILINE)
        assert rows == [field.name for field in fields(kind)]
    assert re.findall(r"^\| `([\w.]+)` \|", page.split("## Templates\n")[1].split("\n## ")[0], re.MULTILINE) == list(NAMES)
    told = page.split("**Filters**")[1].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", told)) == FILTERS
    for example in re.findall(r"^```jinja\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        assert example


def test_the_examples_in_the_manual_work(tmp_path):
    page = (MANUAL / "reference" / "messages.md").read_text("utf-8")
    examples = re.findall(r"^```jinja\n\{# (\S+) #\}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert examples
    for name, text in examples:
        (tmp_path / name).write_text(text, "utf-8")
    assert Templates(tmp_path).render(examples[0][0], view(SAMPLES["news"], DELIVERY, Room(shown=9, detailed=9)), str)
    assert checked(tmp_path)
