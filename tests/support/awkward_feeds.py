"""Feeds as publishers make them, well-formed and awkward, in eight flavours: the same flavour and seed give the same feed."""

from collections.abc import Sequence
from random import Random
from xml.sax.saxutils import escape, quoteattr

FLAVOURS = ("rss20", "rss20-full", "rss20-prefixed", "rss092", "rdf", "atom10", "atom10-xhtml", "atom03")
HOST = "https://news.example"

_WORDS = (
    "ASEAN ministers ký Tuyên bố chung về năng lượng in Vientiane การประชุม 部长会议 café Jakarta's plan & budget <b>grid</b> 5 < 6 "
    'adopt \u2019quoted\u2019 "statement" naïve \u00c3\u00a9 joint \x85 communiqué &amp; signed &lt;i&gt;today&lt;/i&gt;'
).split()
_DECLARED = ("", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-8"?>\n', '<?xml version="1.0" encoding="iso-8859-1"?>')
_BETWEEN = ("", "\n", "\n  ", "<!-- <item><guid>none</guid></item> -->", "<?note <entry/> ?>", "\n\t")


def feed(flavour: str, seed: int, stories: Sequence[int]) -> bytes:
    """A feed with one item for each of `stories`: a story looks the same in every feed of its flavour and `seed`."""
    habits = Random(f"{flavour} {seed}")
    base = habits.choice(["", "", f' xml:base="{HOST}/en/"'])
    constant = habits.random() < 0.15
    shared = habits.random() < 0.15
    items = [_item(flavour, Random(f"{flavour} {seed} {story}"), story, constant, shared) for story in stories]
    between = habits.choice(_BETWEEN)
    head, tail = _frame(flavour, base, habits)
    declared = habits.choice(
        ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-8"?>\n', '<?xml version="1.0" encoding="iso-8859-1"?>']
    )
    return (declared + head + between + between.join(items) + between + tail).encode()


def _frame(flavour: str, base: str, habits: Random) -> tuple[str, str]:
    """What stands before the items and after them."""
    language = habits.choice(["", "<language>vi</language>"])
    image = habits.choice(["", "<image><title>Logo</title><url>/l.png</url><link>/</link></image>"])
    self_link = habits.choice(["", f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="{HOST}/feed"/>'])
    modules = (
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    )
    inside = f"<title>News &amp; more</title><link>{HOST}/</link>{language}{image}{self_link}<ttl>{habits.randint(5, 90)}</ttl>"
    if flavour in ("rss20", "rss20-full"):
        return f'<rss version="2.0"{modules}{base}><channel>{inside}', "</channel></rss>"
    if flavour == "rss20-prefixed":
        own = 'xmlns:r="http://backend.userland.com/rss2"'
        plain = inside.replace(self_link, "").replace("<", "<r:").replace("<r:/", "</r:")
        return f'<rss version="2.0" {own}{modules}{base}><r:channel>{plain}', "</r:channel></rss>"
    if flavour == "rss092":
        return f'<rss version="0.92"{modules}{base}><channel>{inside}', "</channel></rss>"
    if flavour == "rdf":
        names = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        about = f'<channel rdf:about="{HOST}/"><title>News</title><link>{HOST}/</link></channel>'
        return f"<rdf:RDF {names}{modules}{base}>{about}", f'<textinput rdf:about="{HOST}/s"><title>Search</title></textinput></rdf:RDF>'
    head = f'<title type="text">News</title><link href="{HOST}/"/><link rel="next" href="{HOST}/feed?page=2"/><id>tag:news</id>'
    space = "http://purl.org/atom/ns#" if flavour == "atom03" else "http://www.w3.org/2005/Atom"
    version = ' version="0.3"' if flavour == "atom03" else ""
    return f'<feed xmlns="{space}"{version}{modules}{base}>{head}', "</feed>"


def _item(flavour: str, own: Random, story: int, constant: bool, shared: bool) -> str:
    link = own.choice([f"{HOST}/2026/{story}", f"/2026/{story}", f"{HOST}/story?id={story}&utm_source=rss", f" {HOST}/n/{story}/amp\n"])
    link = own.choice([HOST + "/live", "/live?utm_medium=feed"]) if shared and own.random() < 0.7 else link
    guid = own.choice([f"{HOST}/?p={story}", f"guid {story}", f"/g/{story}", "", link, f"tag:news,2026:{story}"])
    guid = "same" if constant else guid
    words = own.choices(_WORDS, k=own.randint(2, 9))
    title = own.choice([" ".join(words), " ".join(words), "Daily briefing", ""])
    text = " ".join(own.choices(_WORDS, k=own.choice([0, 3, 60])))
    date = own.choice([f"2026-11-{story % 20 + 1:02d}T08:00:00+07:00", f"Fri, {story % 20 + 1:02d} Nov 2026 08:00:00 GMT", "yesterday", ""])
    if flavour.startswith("atom"):
        return _entry(flavour, own, guid, link, title, text, date)
    return _rss_item(flavour, own, guid, link, title, text, date)


def _rss_item(flavour: str, own: Random, guid: str, link: str, title: str, text: str, date: str) -> str:
    parts = []
    if guid and flavour != "rdf":
        permanent = own.choice(["", ' isPermaLink="false"', ' isPermaLink="true"'])
        parts.append(f"<guid{permanent}>{escape(guid)}</guid>")
    if own.random() < 0.9:
        parts.append(own.choice([f"<link>{escape(link)}</link>", f"<link><![CDATA[{link}]]></link>"]))
    parts.append(
        own.choice([f"<title>{escape(title)}</title>", f"<title><![CDATA[{title}]]></title>", f"<title>{escape(escape(title))}</title>"])
    )
    parts.append(own.choice([f"<description>{escape(text)}</description>", f"<description><![CDATA[{text}]]></description>", ""]))
    parts.append(f"<pubDate>{date}</pubDate>" if flavour != "rdf" else f"<dc:date>{date}</dc:date>")
    own.shuffle(parts)
    plain = "".join(parts)
    if flavour == "rss20-prefixed":
        plain = "".join(_prefixed(part) for part in parts)
    extra = ""
    if flavour == "rss20-full":
        extra = f"<content:encoded><![CDATA[<p>{text}</p><item>no item</item>]]></content:encoded>"
    extra += own.choice(["", f"<media:content url='/i.jpg'><media:title>{escape(title)}</media:title></media:content>"])
    extra += own.choice(["", "", f"<feedburner:origLink>{escape(link)}</feedburner:origLink>"])
    extra += own.choice(["", "<source url='https://agency.example/'>Agency</source>", "<dc:creator>A. Writer</dc:creator>"])
    name = "r:item" if flavour == "rss20-prefixed" else "item"
    about = f" rdf:about={quoteattr(guid or link.strip())}" if flavour == "rdf" else own.choice(["", "", ' xml:lang="th"'])
    return f"<{name}{about}>{plain}{extra}</{name}>"


def _prefixed(part: str) -> str:
    """`<link>x</link>` as `<r:link>x</r:link>`; nothing else in it is a tag."""
    if not part:
        return part
    inside, _, last = part[1:].rpartition("</")
    return f"<r:{inside}</r:{last}"


def _entry(flavour: str, own: Random, guid: str, link: str, title: str, text: str, date: str) -> str:
    rel = own.choice(["", ' rel="alternate"', ' rel="alternate" type="text/html"'])
    parts = [f"<link{rel} href={quoteattr(link.strip())}/>"]
    parts += [f"<id>{escape(guid)}</id>"] if guid else []
    parts.append(own.choice(['<link rel="license" href="https://licence.example/"/>', '<link rel="replies" href="/r"/>', ""]))
    parts.append(own.choice([f'<title type="html">{escape(escape(title))}</title>', f"<title>{escape(title)}</title>"]))
    parts.append(own.choice([f"<summary>{escape(text)}</summary>", f'<summary type="html">{escape(text)}</summary>', ""]))
    when = "updated" if flavour == "atom10" else "modified" if flavour == "atom03" else "published"
    parts.append(f"<{when}>{date}</{when}>")
    parts.append(own.choice(["", "<author><name>A. Writer</name><uri>/a</uri></author>"]))
    parts.append(own.choice(["", "<source><id>tag:agency</id><title>Agency</title></source>"]))
    if flavour == "atom10-xhtml":
        inside = f"<p>{escape(text)}</p><title>t</title><div>d<br/></div>"
        parts.append(f'<content type="xhtml" xml:base="/c/"><div xmlns="http://www.w3.org/1999/xhtml">{inside}</div></content>')
    elif flavour == "atom03":
        parts.append(f'<content mode="escaped" type="text/html">{escape(text)}</content>')
    own.shuffle(parts)
    return f"<entry{own.choice(['', ' xml:base=' + quoteattr(HOST + '/e/')])}>{''.join(parts)}</entry>"
