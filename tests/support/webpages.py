"""Pages of the web, made by us: articles in the dress of news sites, and what stands in their place, in the catalogue's languages."""

from collections.abc import Mapping, Sequence

ARTICLE: Mapping[str, str] = {
    "en": "The ministers adopted the joint communiqué of their meeting in Kuala Lumpur on Friday, after two days of talks on trade.",
    "vi": "Các Bộ trưởng đã thông qua Thông cáo chung của hội nghị tại Kuala Lumpur hôm thứ Sáu, sau hai ngày thảo luận về thương mại.",
    "id": "Para menteri mengesahkan komunike bersama pertemuan mereka di Kuala Lumpur pada hari Jumat, setelah dua hari berunding.",
    "ms": "Para menteri menerima pakai komunike bersama mesyuarat mereka di Kuala Lumpur pada hari Jumaat, selepas dua hari perbincangan.",
    "th": "รัฐมนตรีรับรองแถลงการณ์ร่วมของการประชุมที่กรุงกัวลาลัมเปอร์เมื่อวันศุกร์ หลังจากหารือกันสองวันเรื่องการค้าและสันติภาพในภูมิภาคนี้ร่วมกัน",
    "zh": "各国部长星期五在吉隆坡举行的会议上通过了联合公报，此前他们就贸易与和平问题进行了为期两天的会谈，并签署了若干文件。",
    "ja": "閣僚らは金曜日、クアラルンプールで開かれた会議の共同声明を採択した。貿易と平和について二日間にわたり協議した後のことだ。",
    "fr": "Les ministres ont adopté vendredi le communiqué conjoint de leur réunion à Kuala Lumpur, après deux jours d’entretiens.",
    "km": "រដ្ឋមន្ត្រីបានអនុម័តសេចក្តីថ្លែងការណ៍រួមនៃកិច្ចប្រជុំរបស់ពួកគេនៅទីក្រុងកូឡាឡាំពួរ កាលពីថ្ងៃសុក្រ បន្ទាប់ពីកិច្ចពិភាក្សារយៈពេលពីរថ្ងៃអំពីពាណិជ្ជកម្ម។",
    "lo": "ລັດຖະມົນຕີໄດ້ຮັບຮອງເອົາຖະແຫຼງການຮ່ວມຂອງກອງປະຊຸມຢູ່ນະຄອນກົວລາລຳເປີໃນວັນສຸກ ຫຼັງຈາກການປຶກສາຫາລືເປັນເວລາສອງວັນກ່ຽວກັບການຄ້າ.",
    "my": "ဝန်ကြီးများသည် ကွာလာလမ်ပူတွင် ကျင်းပသော အစည်းအဝေး၏ ပူးတွဲကြေညာချက်ကို သောကြာနေ့တွင် အတည်ပြုခဲ့ကြသည်။ ကုန်သွယ်ရေးနှင့် ငြိမ်းချမ်းရေးကို ဆွေးနွေးခဲ့ကြသည်။",
    "fil": "Pinagtibay ng mga ministro ang pahayag ng kanilang pulong sa Kuala Lumpur noong Biyernes matapos ang dalawang araw na usapan.",
    "pt": "Os ministros aprovaram na sexta-feira o comunicado conjunto da sua reunião em Kuala Lumpur, após dois dias de conversações.",
}
"""Language -> a paragraph of news."""

COOKIE_WALL: Mapping[str, str] = {
    "en": "We and our partners use cookies. Please accept all cookies or set your preferences to continue.",
    "vi": "Chúng tôi sử dụng cookie để cải thiện trải nghiệm. Vui lòng chấp nhận cookie để tiếp tục hoặc từ chối.",
    "id": "Kami menggunakan kuki untuk layanan yang lebih baik. Silakan setuju dengan penggunaan kuki atau tolak.",
    "ms": "Laman web ini menggunakan kuki. Sila terima semua kuki atau benarkan kuki yang perlu sahaja untuk meneruskan.",
    "th": "เว็บไซต์นี้ใช้คุกกี้เพื่อประสบการณ์ที่ดี กรุณากดยอมรับคุกกี้ทั้งหมดหรือปฏิเสธคุกกี้",
    "zh": "本网站使用Cookie以改善您的体验。请同意使用Cookie，或拒绝。",
    "ja": "当サイトではクッキーを使用しています。クッキーの使用に同意する場合はボタンを押してください。",
    "fr": "Nous utilisons des cookies et des traceurs. Vous pouvez accepter ou refuser les cookies à tout moment.",
    "km": "គេហទំព័រនេះប្រើប្រាស់ខូគី។ សូមយល់ព្រមលើការប្រើប្រាស់ខូគីដើម្បីបន្ត។",
    "lo": "ເວັບໄຊນີ້ໃຊ້ຄຸກກີ. ກະລຸນາຍອມຮັບຄຸກກີເພື່ອສືບຕໍ່.",
    "my": "ဤဝက်ဘ်ဆိုက်သည် ကွတ်ကီးများကို အသုံးပြုသည်။ ကွတ်ကီးများကို သဘောတူပါ။",
    "fil": "Gumagamit kami ng cookies. Mangyaring tanggapin ang mga cookies o payagan lamang ang kailangan.",
    "pt": "Usamos cookies para melhorar a sua experiência. Pode aceitar ou rejeitar os cookies.",
}
PAYWALL: Mapping[str, str] = {
    "en": "Subscribe to continue reading. Already a subscriber? Log in.",
    "vi": "Đăng ký để đọc tiếp. Nội dung này dành riêng cho thành viên.",
    "id": "Berlangganan untuk melanjutkan membaca. Artikel ini khusus untuk pelanggan.",
    "ms": "Langgan untuk terus membaca. Kandungan ini eksklusif untuk pelanggan.",
    "th": "สมัครสมาชิกเพื่ออ่านต่อ เฉพาะสมาชิกเท่านั้น",
    "zh": "订阅后继续阅读全文。本文为付费内容。",
    "ja": "この記事は会員限定です。登録すると続きをお読みいただけます。",
    "fr": "Cet article est réservé aux abonnés. Il vous reste 80 % de cet article à lire.",
    "km": "ជាវដើម្បីអានបន្ត។",
    "lo": "ສະໝັກສະມາຊິກເພື່ອອ່ານຕໍ່.",
    "my": "ဆက်လက်ဖတ်ရှုရန် အသင်းဝင်ပါ။",
    "fil": "Mag-subscribe para mabasa ang buong artikulo.",
    "pt": "Conteúdo exclusivo para assinantes. Assine para continuar a ler.",
}
SCRIPT_ONLY: Mapping[str, str] = {
    "en": "You need to enable JavaScript to run this app.",
    "vi": "Vui lòng bật JavaScript để xem trang này.",
    "id": "Aktifkan JavaScript untuk melihat halaman ini.",
    "ms": "Sila dayakan JavaScript untuk melihat laman ini.",
    "th": "กรุณาเปิดใช้งาน JavaScript",
    "zh": "请启用JavaScript后继续。",
    "ja": "JavaScriptを有効にしてください。",
    "fr": "Veuillez activer JavaScript.",
    "km": "សូមបើក JavaScript",
    "lo": "ກະລຸນາເປີດໃຊ້ JavaScript",
    "my": "JavaScript ကို ဖွင့်ပါ",
    "fil": "Paki-enable ang JavaScript: i-enable ang JavaScript.",
    "pt": "Por favor ative o JavaScript.",
}
NOT_FOUND: Mapping[str, str] = {
    "en": "Page not found",
    "vi": "Không tìm thấy trang",
    "id": "Halaman tidak ditemukan",
    "ms": "Halaman tidak dijumpai",
    "th": "ไม่พบหน้าที่คุณต้องการ",
    "zh": "您访问的页面不存在",
    "ja": "お探しのページが見つかりませんでした",
    "fr": "Page introuvable",
    "km": "រកមិនឃើញទំព័រ",
    "lo": "ບໍ່ພົບໜ້າທີ່ທ່ານຕ້ອງການ",
    "my": "စာမျက်နှာကို ရှာမတွေ့ပါ",
    "fil": "Hindi nahanap ang pahina",
    "pt": "Página não encontrada",
}
OUT_OF_ORDER = (
    "503 Service Temporarily Unavailable",
    "502 Bad Gateway",
    "Error establishing a database connection",
    "Website under maintenance",
    "Server Error in '/' Application.",
    "Hệ thống đang bảo trì",
    "Situs sedang dalam perbaikan",
    "ปิดปรับปรุงชั่วคราว",
    "网站维护中",
    "ただいまメンテナンス中です",
)
CHALLENGES = (
    "<html><head><title>Just a moment...</title></head><body><h1>news.example</h1><p>Verifying you are human.</p></body></html>",
    "<html><head><title>Attention Required! | Cloudflare</title></head><body><p>Sorry, you have been blocked</p></body></html>",
    "<html><head><title>Access Denied</title></head><body>You don't have permission to access this.</body></html>",
    "<html><head><title>news.example</title></head><body><script src='/_Incapsula_Resource?SWJIYLWA=1'></script></body></html>",
    "<html><head><title>Access to this page has been denied</title></head><body><div id='px-captcha'></div></body></html>",
    "<html><head><title>请稍候…</title></head><body><p>news.example</p></body></html>",
)
CHALLENGE_BEACON = "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
"""What Cloudflare puts into the head of every page of some publishers, challenges or not."""
NOT_FREE = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'


def page(*paragraphs: str, title: str = "Ministers adopt joint communiqué", head: str = "", foot: str = "") -> str:
    """A plain page with one article."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    top = f"<head><title>{title} | The Courier</title>{head}</head>"
    return f"<!DOCTYPE html><html>{top}<body><article><h1>{title}</h1>{body}</article>{foot}</body></html>"


def app_shell(words: str = "") -> str:
    """The frame of an application that a browser would fill."""
    return (
        "<!DOCTYPE html><html><head><title>The Courier</title><script defer src='/static/main.3f2a.js'></script></head>"
        f"<body><noscript>{words}</noscript><div id='root'></div></body></html>"
    )


def dressed(paragraphs: Sequence[str], *, language: str = "en", title: str = "Ministers adopt joint communiqué") -> str:
    """An article among everything that surrounds one: menus, share bar, teasers, comments, a question about cookies, sign-up forms."""
    also = _ALSO.get(language, _ALSO["en"])
    body = [f"<p>{paragraph}</p>" for paragraph in paragraphs]
    body.insert(1, f"<p><strong>{also}:</strong> <a href='/news/old-9.html'>{_OTHER_NEWS[0]}</a></p>")
    teasers = "".join(f"<li><a href='/news/old-{number}.html'>{line}</a></li>" for number, line in enumerate(_OTHER_NEWS))
    comments = "".join(f"<div class='comment'><b>Reader {number}</b><p>{line}</p></div>" for number, line in enumerate(_COMMENTS))
    return f"""<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title} | The Courier</title></head><body>
<header><a href="/">The Courier</a><nav><ul><li><a href="/politics">Politics</a></li><li><a href="/world">World</a></li></ul></nav></header>
<div class="cookie-banner" id="cookie-consent"><p>{COOKIE_WALL[language]}</p><button>OK</button></div>
<main><article><h1>{title}</h1>
<div class="share"><a href="#">Facebook</a> <a href="#">X</a> <a href="#">Telegram</a> <span>Share this article</span></div>
<div class="story-body">{"".join(body)}
<p>Follow us on Telegram for the latest news</p></div>
<div class="tags">Tags: <a href="/tag/asean">ASEAN</a></div></article>
<section class="more"><h3>{also}</h3><ul>{teasers}</ul></section>
<section id="comments" class="comments"><h3>3 comments</h3>{comments}
<form><p>Your email address will not be published. Required fields are marked</p><textarea></textarea></form></section></main>
<aside><h4>Most read</h4><ul>{teasers}</ul><p>Sign up for our newsletter</p></aside>
<footer><p>&copy; 2026 The Courier. All rights reserved.</p></footer></body></html>"""


SURROUNDINGS = (
    "power grid",
    "Timor-Leste",
    "digital economy",
    "Well said",
    "waste of money",
    "cookie",
    "Telegram",
    "newsletter",
    "reserved",
    "Share",
)
"""Words of `dressed` that are none of its article's."""

_ALSO: Mapping[str, str] = {
    "en": "Read also",
    "vi": "Xem thêm",
    "id": "Baca juga",
    "ms": "Berita berkaitan",
    "th": "ข่าวที่เกี่ยวข้อง",
    "zh": "相关新闻",
    "ja": "関連記事",
    "fr": "Lire aussi",
    "km": "អត្ថបទទាក់ទង",
    "lo": "ຂ່າວທີ່ກ່ຽວຂ້ອງ",
    "my": "ဆက်စပ်သတင်း",
    "fil": "Basahin din",
    "pt": "Leia também",
}
_OTHER_NEWS = (
    "Ministers sign agreement on regional power grid",
    "Timor-Leste accedes to treaty, officials say",
    "Leaders adopt declaration on digital economy",
)
_COMMENTS = (
    "Well said, the ministers signed nothing at all in my view and will sign nothing next year.",
    "What a waste of money, all these meetings. They adopted the same declaration in 2019 and in 2021 as well.",
    "Well said. I agree with the above.",
)
