"""List pages: a page with links, of which a CSS selector picks those to articles. The one door to lxml and cssselect."""

from collections.abc import Iterator
from typing import Any

import cssselect

from core.errors import ParseError
from core.reasons import Reason
from core.texts import one_line
from ingest.items import RawFeed, RawItem
from ingest.markup import MAX_TITLE, title_of
from ingest.urls import url_key, web_url
from ingest.walls import wall

MAX_LINKS = 500
"""Of one page; what is more is not read."""
_MAX_ELEMENTS = 5000
"""That the selector may pick, links or not."""
_HEADING = ".//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"


def selector_error(selector: str) -> str:
    """What is wrong with a selector, for people; empty when nothing is."""
    try:
        cssselect.HTMLTranslator().css_to_xpath(selector)
    except (cssselect.SelectorError, RecursionError) as error:
        return one_line(str(error), 200) or type(error).__name__
    return ""


def read_listing(text: str, selector: str, url: str, source: str) -> RawFeed:
    """One item for each article that `selector` picks on the page `text`, found at `url`; the longest text of its links is its title.

    What is picked is a link, or holds one: the first counts, and a `time` beside it is its date. Raises ParseError with NOT_A_FEED, or with
    what stands in the page's place, when no link was picked.
    """
    tree = _tree(text)
    page = web_url(url) or ""
    items: dict[str, RawItem] = {}
    for item in _picked(tree, selector, page) if tree is not None else ():
        if len(items) >= MAX_LINKS:
            break
        key = url_key(item.link)
        before = items.get(key)
        if page and key == url_key(page):
            continue
        items[key] = item if before is None else _merged(before, item)
    if not items:
        raise ParseError(
            wall(text, "") or Reason.NOT_A_FEED,
            f"the selector {selector[:100]!r} picks no link on the page: the site was rebuilt, or the selector is wrong",
            subject=source,
        )
    title = str(tree.findtext(".//title") or "")
    return RawFeed(format="listing", title=title[:MAX_TITLE], items=tuple(items.values()))


def _tree(text: str) -> Any:
    """The page as a tree; None when there is nothing in it."""
    import lxml.etree
    import lxml.html  # slow to load, and needed in the worker only

    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, recover=True)
    try:
        return lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError):
        return None


def _picked(tree: Any, selector: str, page: str) -> Iterator[RawItem]:
    """Each link that was picked, absolute."""
    bases = tree.xpath("//base/@href")
    base = web_url(str(bases[0]), page) or page if bases else page
    xpath = cssselect.HTMLTranslator().css_to_xpath(selector)
    for element in tree.xpath(xpath)[:_MAX_ELEMENTS]:
        link = _link(element)
        href = web_url(link.get("href", ""), base) if link is not None and link.get("href", "").strip() else None
        if href is not None:
            yield RawItem(link=href, title=_title(element, link), published=_date(element))


def _link(element: Any) -> Any:
    """The link that was picked, or stands in or around what was picked."""
    if element.tag == "a":
        return element
    inside = element.xpath(".//a[@href]")
    around = element.xpath("ancestor::a[@href][1]")
    return (inside or around or [None])[0]


def _title(element: Any, link: Any) -> str:
    """The headline in or beside the link, else the longest text of links to the same address, else what else may be its title."""
    same = [other for other in element.iter("a") if other.get("href") == link.get("href")]
    texts = (
        *(_words(heading) for heading in link.xpath(_HEADING)),
        *(_words(heading) for heading in element.xpath(_HEADING)),
        max((_words(one) for one in [link, *same]), key=len),
        link.get("title", ""),
        *link.xpath(".//img/@alt"),
        _words(element),
    )
    return next((title for text in texts if (title := title_of(str(text)))), "")


def _words(element: Any) -> str:
    """The text of an element; its blocks do not run into one another."""
    return one_line(" ".join(element.itertext()), MAX_TITLE)


def _date(element: Any) -> str:
    return next((str(date) for date in element.xpath(".//time/@datetime | ancestor::article[1]//time/@datetime")), "")


def _merged(one: RawItem, other: RawItem) -> RawItem:
    """Two links to one article: a picture or "read more" beside the headline."""
    return RawItem(link=one.link, title=max(one.title, other.title, key=len), published=one.published or other.published)
