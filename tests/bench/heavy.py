"""A news page as sites send it today: some 100 kB of menus, styles, scripts, teasers, comments and footers round 3 kB of article."""

import html
import json
from collections.abc import Sequence

_SECTIONS = "Politics World Business Economy Society Environment Technology Travel Culture Sport Opinion Video Photos Podcasts".split()
_SUBJECTS = (
    "Ministers sign agreement on regional power grid",
    "Typhoon nears the coast, thousands leave their homes",
    "Exports rise for a fifth month",
    "Ten places to eat this weekend",
    "Central bank holds its rate",
    "Leaders adopt declaration on digital economy",
    "New metro line opens in spring",
    "Rice prices steady after harvest",
    "Team named for regional games",
    "Court rules on fishing licences",
)


def page(title: str, paragraphs: Sequence[str], *, size: int = 100_000) -> str:
    """The page, of about `size` characters, with the article's paragraphs between advertisements and teasers."""
    body = "\n".join(_paragraph(number, text) for number, text in enumerate(paragraphs))
    article = (
        f'<article class="story" itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{html.escape(title)}</h1>'
        '<div class="meta"><span class="byline">By our correspondent</span><time datetime="2024-07-27T09:00:00+07:00">27 July 2024</time>'
        f'{_share()}</div><figure><img src="/img/1.jpg" alt=""><figcaption>Delegates before the session. Photo: VNA</figcaption></figure>'
        f'<div class="story-body" itemprop="articleBody">{body}</div><div class="tags">{_links("tag", 8)}</div></article>'
    )
    parts = [_head(title), _menu(), f'<main><div class="column">{article}{_teasers("Related news", 6)}</div>']
    tail = [_teasers("Most read", 10), _comments(12), "</main>", _footer()]
    left = size - sum(map(len, parts)) - sum(map(len, tail))
    return "".join([*parts, *_filling(left), *tail])


def _paragraph(number: int, text: str) -> str:
    advertisement = '<div class="ad" data-slot="in-story"><script>window.ads=window.ads||[];window.ads.push({slot:"in"});</script></div>'
    return f"<p>{html.escape(text, quote=False)}</p>" + (advertisement if number % 4 == 2 else "")


def _head(title: str) -> str:
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "publisher": {"@type": "Organization", "name": "Courier"},
    }
    style = "".join(f".block-{n}{{margin:0 {n}px;padding:{n % 7}px;color:#{n * 37 % 4096:03x};display:flex}}" for n in range(180))
    script = "window.__STATE__=" + json.dumps(
        {f"flag{n}": {"on": n % 3 == 0, "ratio": n / 7, "name": _SUBJECTS[n % 10]} for n in range(120)}
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)} | Courier</title>'
        '<meta property="og:type" content="article"><meta property="og:site_name" content="Courier">'
        f'<script type="application/ld+json">{json.dumps(about)}</script><style>{style}</style><script>{script}</script></head><body>'
    )


def _menu() -> str:
    items = "".join(
        f'<li class="menu-item"><a href="/{name.lower()}">{name}</a><ul class="sub-menu">{_links(name.lower(), 7)}</ul></li>'
        for name in _SECTIONS
    )
    search = '<form class="search"><input name="q" placeholder="Search"></form>'
    return f'<header><a class="logo" href="/">The Courier</a><nav><ul class="mega-menu">{items}</ul></nav>{search}</header>'


def _links(path: str, number: int) -> str:
    return "".join(f'<li><a class="link" href="/{path}/{n}.html">{_SUBJECTS[n % 10].split()[0]} {n}</a></li>' for n in range(number))


def _share() -> str:
    return (
        '<ul class="share">'
        + "".join(f'<li><a href="#{name}">{name}</a></li>' for name in ("Facebook", "X", "Zalo", "Line", "Mail"))
        + "</ul>"
    )


def _teasers(title: str, number: int) -> str:
    return f'<section class="related"><h3>{title}</h3><ul>' + "".join(map(_teaser, range(number))) + "</ul></section>"


def _teaser(number: int) -> str:
    subject = _SUBJECTS[number % 10]
    return (
        f'<li class="card card-{number % 5}"><a href="/news/old-{number}.html">'
        f'<img loading="lazy" src="/img/{number}.webp" alt="{subject}">'
        f'<h4 class="card-title">{subject}</h4></a><span class="card-date">{number % 23} hours ago</span></li>'
    )


def _comments(number: int) -> str:
    said = "".join(
        f'<li class="comment"><b>Reader {n}</b><p>{_SUBJECTS[n % 10]}? I have read of this before; who knows whether it helps.</p></li>'
        for n in range(number)
    )
    return f'<section id="comments"><h3>Comments</h3><ol>{said}</ol></section>'


def _filling(size: int) -> list[str]:
    """Sections of further news, until the page is as large as it should be."""
    block = _teasers("More news", 12)
    return [block] * max(0, size // len(block))


def _footer() -> str:
    return (
        f'<footer><ul class="sitemap">{_links("about", 40)}</ul><p>&copy; 2026 The Courier. All rights reserved.</p></footer></body></html>'
    )
