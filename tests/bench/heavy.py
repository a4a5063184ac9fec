"""A news page as sites send it today: 3 kB of article among menus, styles, scripts, cards, comments and consent dialogues.

Its size is the median of the 181 real pages of the public article extraction benchmark; its shape is that of today's editorial systems:
some two and a half thousand elements, a dozen levels deep on average, with classes and data attributes, pictures in several sizes, icons
drawn in place. Real pages are harder still: an extraction that takes 9 ms here took 18 ms there, at the mean.
"""

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
_ICON = '<svg class="icon" width="16" height="16" aria-hidden="true"><g><path d="M2 2h12v12H2z"/><path d="M4 8h8"/></g></svg>'


def page(title: str, paragraphs: Sequence[str], *, size: int = 115_000) -> str:
    """The page, of about `size` characters, with the article's paragraphs between advertisements and teasers."""
    body = "".join(_paragraph(number, text) for number, text in enumerate(paragraphs))
    article = _within(
        ("article-wrap", "article-grid", "article-main"),
        f'<article class="story story--long" itemscope itemtype="https://schema.org/NewsArticle"><header class="story__header">'
        f'<nav class="breadcrumb"><ol>{_links("asean", 3)}</ol></nav><h1 class="story__title" itemprop="headline">{html.escape(title)}</h1>'
        '<div class="story__meta"><div class="byline"><span class="byline__by">By</span> <a href="/staff/12" rel="author">Our correspondent'
        f'</a></div><time datetime="2024-07-27T09:00:00+07:00">27 July 2024</time>{_share()}</div></header>{_figure(1)}'
        + _within(("story__columns", "story__body", "rich-text"), body, ' itemprop="articleBody"')
        + f'<footer class="story__footer"><div class="tags"><ul>{_links("tag", 8)}</ul></div>{_share()}{_letter()}</footer></article>',
    )
    aside = f'<aside class="rail"><div class="rail__sticky">{_advertisement("rail")}{_teasers("Most read", 10)}</div></aside>'
    parts = [_head(title), '<div id="root"><div class="app" data-theme="light">', _menu()]
    parts += ['<main id="content"><div class="container"><div class="row">', article, aside, "</div>", _teasers("Related news", 6)]
    tail = [_comments(12), "</div></main>", _footer(), _consent(), "</div></div></body></html>"]
    left = size - sum(map(len, parts)) - sum(map(len, tail))
    return "".join([*parts, *_filling(left), *tail])


def _within(classes: Sequence[str], inner: str, attributes: str = "") -> str:
    """`inner` in as many boxes, the innermost with further attributes."""
    opened = "".join(f'<div class="{name}" data-module="{name}"' + (attributes if name == classes[-1] else "") + ">" for name in classes)
    return opened + inner + "</div>" * len(classes)


def _paragraph(number: int, text: str) -> str:
    words = html.escape(text, quote=False).split(" ")
    if number % 2 and len(words) > 8:
        words[4] = f'<a class="link link--inline" href="/topics/{number}" data-track="inline">{words[4]}</a>'
        words[7] = f"<strong>{words[7]}</strong>"
    between = _advertisement("story") if number % 4 == 2 else ""
    return f'<p class="paragraph" data-block="{number}">{" ".join(words)}</p>{between}'


def _advertisement(slot: str) -> str:
    script = '<script>window.ads=window.ads||[];window.ads.push({slot:"in",sizes:[[300,250],[320,50]]});</script>'
    label = '<span class="ad__label">Advertisement</span>'
    return f'<div class="ad ad--{slot}" data-slot="{slot}">{label}<div class="ad__box">{script}</div></div>'


def _figure(number: int) -> str:
    return (
        f'<figure class="figure"><div class="figure__box">{_picture(number, "")}</div>'
        '<figcaption class="figure__caption">Delegates before the session. <span class="credit">Photo: VNA</span></figcaption></figure>'
    )


def _picture(number: int, about: str) -> str:
    sources = "".join(
        f'<source media="(min-width:{width}px)" srcset="/img/{number}-{width}.webp 1x, /img/{number}-{2 * width}.webp 2x">'
        for width in (480, 960)
    )
    return f'<picture>{sources}<img loading="lazy" src="/img/{number}.jpg" alt="{about}" width="480" height="270"></picture>'


def _head(title: str) -> str:
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "publisher": {"@type": "Organization", "name": "Courier"},
    }
    meta = "".join(f'<meta property="og:{name}" content="{html.escape(title)}">' for name in ("type", "title", "description", "image:alt"))
    links = "".join(f'<link rel="preload" as="script" href="/static/chunk-{n}.js">' for n in range(14))
    style = "".join(f".block-{n}{{margin:0 {n}px;padding:{n % 7}px;color:#{n * 37 % 4096:03x};display:flex}}" for n in range(120))
    script = "window.__STATE__=" + json.dumps(
        {f"flag{n}": {"on": n % 3 == 0, "ratio": n / 7, "name": _SUBJECTS[n % 10]} for n in range(80)}
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)} | Courier</title>{meta}{links}'
        f'<script type="application/ld+json">{json.dumps(about)}</script><style>{style}</style><script>{script}</script></head>'
        '<body class="page page--story"><!-- build 2024-07-27 --><noscript><img src="/pixel.gif" alt=""></noscript>'
    )


def _menu() -> str:
    items = "".join(
        f'<li class="menu__item"><a href="/{name.lower()}"><span>{name}</span>{_ICON}</a>'
        f'<div class="menu__panel"><ul class="menu__sub">{_links(name.lower(), 6)}</ul></div></li>'
        for name in _SECTIONS
    )
    search = f'<form class="search"><label for="q">Search</label><input id="q" name="q"><button type="submit">{_ICON}</button></form>'
    return (
        f'<header class="top"><div class="top__bar"><a class="logo" href="/">{_ICON}<span>The Courier</span></a>{search}</div>'
        f'<nav class="menu"><ul class="menu__list">{items}</ul></nav></header>'
    )


def _links(path: str, number: int) -> str:
    return "".join(
        f'<li><a class="link" href="/{path}/{n}.html"><span>{_SUBJECTS[n % 10].split()[0]} {n}</span></a></li>' for n in range(number)
    )


def _share() -> str:
    buttons = "".join(
        f'<li><a href="#{name}" aria-label="{name}">{_ICON}<span>{name}</span></a></li>'
        for name in ("Facebook", "X", "Zalo", "Line", "Mail")
    )
    return f'<div class="share"><ul class="share__list">{buttons}</ul></div>'


def _letter() -> str:
    return (
        '<div class="letter"><div class="letter__box"><h4>Our newsletter</h4><p>The morning in five minutes.</p><form>'
        '<input type="email" placeholder="Your address"><button>Subscribe</button></form></div></div>'
    )


def _teasers(title: str, number: int) -> str:
    cards = "".join(map(_teaser, range(number)))
    head = f'<div class="related__head"><h3>{title}</h3></div>'
    return f'<section class="related">{head}<div class="related__body"><ul>{cards}</ul></div></section>'


def _teaser(number: int) -> str:
    subject, address = _SUBJECTS[number % 10], f"/news/old-{number}.html"
    return (
        f'<li class="card card--{number % 5}"><div class="card__inner" data-id="{number}"><a class="card__media" href="{address}">'
        f'{_picture(number, subject)}</a><div class="card__text"><span class="card__kicker">{_SECTIONS[number % 14]}</span>'
        f'<h4 class="card__title"><a href="{address}"><span>{subject}</span></a></h4>'
        f'<div class="card__meta"><time>{number % 23} hours ago</time><span class="dot"></span>{_ICON}</div></div></div></li>'
    )


def _comments(number: int) -> str:
    said = "".join(
        f'<li class="comment"><div class="comment__head"><span class="avatar">{_ICON}</span><b>Reader {n}</b><time>{n} hours</time></div>'
        f'<div class="comment__body"><p>{_SUBJECTS[n % 10]}? I have read of this before; who knows whether it helps.</p></div>'
        '<div class="comment__foot"><button>Reply</button><button>Report</button></div></li>'
        for n in range(number)
    )
    return f'<section id="comments" class="comments"><h3>Comments</h3><div class="comments__list"><ol>{said}</ol></div></section>'


def _filling(size: int) -> list[str]:
    """Sections of further news, until the page is as large as it should be."""
    block = _teasers("More news", 6)
    return [block] * max(0, size // len(block))


def _consent() -> str:
    purposes = "".join(f'<li><label><input type="checkbox"><span>Purpose {n}</span></label></li>' for n in range(10))
    return (
        '<div class="consent" role="dialog"><div class="consent__box"><p>We and our partners store information on your device.</p>'
        f"<ul>{purposes}</ul><button>Accept all</button></div></div>"
    )


def _footer() -> str:
    columns = "".join(f'<div class="footer__column"><h5>{name}</h5><ul>{_links(name.lower(), 8)}</ul></div>' for name in _SECTIONS[:5])
    return f'<footer class="footer"><div class="footer__grid">{columns}</div><p>&copy; 2026 The Courier. All rights reserved.</p></footer>'
