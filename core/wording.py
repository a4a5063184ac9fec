"""How outcomes are named in the news: the nouns of documents and mechanisms, names with several forms, words that say nothing.

Tables only; `core.titles` applies them. Phrases are written as `core.titles.fold` leaves them: small letters, no Latin accents,
no possessive 's, hyphens as spaces. Phrases of one entry are divided by `|`.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KINDS: dict[str, dict[str, str]] = {
    "utterance": {
        "communique": "communique|communiques|joint communique"
        "|komunike bersama|komunike|thong cao chung|thong cao|共同コミュニケ|联合公报|聯合公報|公报",
        "declaration": "declaration|declarations|joint declaration|deklarasi|deklarasyon|宣言",
        "statement": "statement|statements|joint statement|vision statement|remarks|message|resolution"
        "|tuyen bo chung|tuyen bo|kenyataan bersama|kenyataan|pernyataan bersama|pernyataan|pahayag"
        "|共同声明|联合声明|聯合聲明|声明|聲明|แถลงการณ์ร่วม|แถลงการณ์",
    },
    "chair": {
        "chair's statement": "chairman statement|chair statement|chairperson statement|chairmans statement|chairs statement"
        "|co chairs statement|chair summary|chairman summary|chairs summary|chair press statement|chairman press statement"
        "|press statement by the chair|press statement of the chair|主席声明",
    },
    "plan": {
        "plan": "plan of action|plans of action|programme of action|program of action|action plan|cooperation plan|cooperation plans"
        "|plan|plans|plan d action|ke hoach hanh dong|rencana aksi|pelan tindakan|行动计划|行動計画|แผนปฏิบัติการ",
        "work plan": "work plan|workplan|work plans|work programme|work program",
        "roadmap": "roadmap|road map|roadmaps|feuille de route",
        "strategy": "strategy|strategies|strategic plan|strategic framework|agenda|blueprint|blueprints|master plan|masterplan",
        "programme": "programme|programmes|program",
        "vision": "vision|outlook",
        "list": "list of activities|list of projects|list|matrix",
    },
    "rules": {
        "framework": "framework|frameworks|khuon kho|kerangka|枠組み|枠組|框架|กรอบ",
        "guidelines": "guidelines|guideline|guidance|principles|guiding principles|rules|rules of procedure|procedures|modalities|criteria"
        "|terms of reference|standards|standard operating procedure|standard operating procedures",
        "concept paper": "concept paper|concept note|concept document|discussion paper",
    },
    "treaty": {
        "agreement": "agreement|agreements|framework agreement|accord|pact|deal|arrangement|perjanjian|hiep dinh|協定|协定|ความตกลง",
        "treaty": "treaty|convention|traite|hiep uoc|条約|条约",
        "protocol": "protocol|nghi dinh thu|议定书|議定書",
        "memorandum": "memorandum of understanding|memoranda of understanding|memorandum of cooperation|memorandum|mou|mous"
        "|ban ghi nho|谅解备忘录",
    },
    "report": {"report": "report|reports|review|study|feasibility study|assessment|bao cao"},
    "count": {"documents": "documents|texts|papers|instruments|accords|outcome documents|van kien|文件|เอกสาร"},
}
"""Group -> kind -> what names it. Documents of different groups are never one; kinds of one group are told apart for people only."""

MECHANISMS: dict[str, str] = {
    "fund": "fund|funds|trust fund|facility|quy",
    "reserve": "reserve|reserves|stockpile|warehouse",
    "centre": "centre|center|hub|institute|academy|observatory|trung tam|pusat|中心|ศูนย์",
    "network": "network|networks",
    "council": "council|commission|committee|secretariat|board",
    "group": "task force|taskforce|working group|expert group|panel|pasukan petugas",
    "line": "hotline|hotlines|communication line|communications line|direct line|duong day",
    "envoy": "special envoy|envoy|special representative",
}
"""Mechanism -> what names it. Two mechanisms of different nouns are never one."""

NAMES: dict[str, str] = {
    "admmplus": "admm plus|admm+",
    "ai": "artificial intelligence",
    "aichr": "intergovernmental commission on human rights|aichr",
    "annual": "every year|each year|once a year|yearly|annually|annual|taon taon",
    "arf": "asean regional forum|regional forum|dien dan khu vuc asean|forum regional asean|东盟地区论坛|地域フォーラム|arf",
    "aoip": "outlook on the indo pacific|aoip",
    "climate": "climate change|climate crisis|climate emergency|climate",
    "coc": "code of conduct|conduct code|sea code|bo quy tac ung xu|行動規範|行为准则|行動準則",
    "covid": "covid 19|covid19|covid|new coronavirus|novel coronavirus|coronavirus|pandemic|新型コロナ|新冠",
    "crossborder": "cross border",
    "cyber": "cyber security|cybersecurity|cyberspace|cyber",
    "doc": "declaration on the conduct of parties",
    "drug": "illicit drugs|drugs|drug|narcotics|narcotic",
    "fivepoint": "five point consensus|5 point consensus|5pc|konsensus lima perkara|lima poin konsensus|五点共识",
    "fta": "free trade agreement|free trade agreements|free trade area|free trade deal|free trade pact|free trade|fta|ftas",
    "hanoi": "ha noi|hanoi|河内|ハノイ|ฮานอย",
    "haze": "transboundary haze pollution|haze pollution|transboundary haze|haze",
    "hrd": "human resources development|human resource development",
    "humanrights": "human rights",
    "mine": "mine action|landmine|landmines|demining|mine clearance",
    "onehealth": "one health",
    "rcep": "regional comprehensive economic partnership|rcep",
    "scs": "south china sea|east sea|east vietnam sea|bien dong sea|bien dong|west philippine sea|laut china selatan|laut cina selatan"
    "|mer de chine meridionale|南シナ海|南海|南中国海|ทะเลจีนใต้",
    "seanwfz": "southeast asia nuclear weapon free zone|southeast asian nuclear weapon free zone|nuclear weapon free zone"
    "|bangkok treaty|seanwfz",
    "supplychain": "supply chains|supply chain",
    "tac": "treaty of amity and cooperation in southeast asia|treaty of amity and cooperation|treaty of amity|amity treaty|amity pact"
    "|friendship pact|friendship treaty|bali treaty"
    "|traite d amitie et de cooperation en asie du sud est|traite d amitie",
    "jakarta": "jakarta|雅加达|ジャカルタ|จาการ์ตา",
    "manila": "manila|maynila|manille|马尼拉|マニラ|มะนิลา",
    "timor": "timor leste|east timor|timor oriental",
    "traffick": "trafficking in persons|human trafficking|people smuggling|trafficking",
    "vientiane": "vientiane|vieng chan|viang chan|万象|ビエンチャン|เวียงจันทน์",
    "unclos": "convention on the law of the sea|unclos",
}
"""Token -> what means it, in whatever language."""

ACRONYMS: dict[str, str] = {
    "AI": "artificial intelligence",
    "TAC": "treaty of amity",
    "COC": "code of conduct",
    "CoC": "code of conduct",
    "DOC": "declaration on the conduct of parties",
    "SCS": "south china sea",
    "DEFA": "digital economy",
    "ATIGA": "trade in goods",
    "ACFTA": "asean china free trade area",
    "ACPHEED": "public health emergencies",
}
"""Acronyms and what they are read as; in capitals only, for some are words in small letters (`tác` in Vietnamese)."""

PARTNERS = _words(
    """
    australia australian canada canadian china chinese beijing japan japanese tokyo korea korean rok seoul republic india indian
    russia russian moscow federation zealand us usa united america american washington uk britain british kingdom london
    eu european union brussels norway norwegian switzerland swiss turkiye turkey turkish pakistan
    """
)
"""Names of partners: compared as parties, never as words of a title."""

SAY_NOTHING = PARTNERS | _words(
    """
    a an the this that these those its their his her our it they them he we she who which what whose of on in at by for from to into
    onto with without within under over between among amid against towards toward upon about around after before during since until
    till through and or but nor so as if than then when while where there here also both each every all any some such other another
    more most many much several few only just very well again still already once not no be is are was were been being am has have
    had having do does did will would shall should can could may might must let new own same out up down off put per via etc one two
    three four five six seven eight nine ten first second third last next now today yesterday tomorrow later early soon latest
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october
    november december jan feb mar apr jun jul aug sept sep oct nov dec day days week weeks month months year years period time times
    term asean asian southeast south east asia region regional sub subregional bloc grouping association organisation organization
    member members state states nation nations national country countries party parties partner partners partnership relations ties
    dialogue international special joint common mutual foreign minister ministers ministerial ministry affairs leader leaders
    official officials senior head heads chief chair chairman chairmanship side sides delegates meeting meetings meet conference
    conferences summit summits session sessions retreat forum post plenary informal related steering committee held hold holding amm
    pmc arf eas som acc admm aem ahmm ammtc apt plus cooperation cooperative collaboration collaborate cooperate combat combating
    counter countering fight fighting strengthen enhance promote deepen boost further advance foster support improve step intensify
    expand increase upgrade upgrading establishment establish implementation implement implementing effective effectively
    comprehensive strategic initiative initiatives commemorate commemorating marking mark occasion anniversary adopt adoption
    adopting approve approval endorse endorsement issue issuance release sign signing signature agree agreed agreement accept decide
    decision decided announce announcement announced launch launching launched pass passed conclude conclusion publish publication
    finalise finalize complete completion note noted produce give given gave make made take taken took come came go went get got set
    end ended plan planned expect expected due schedule scheduled intend hope want seek consider considered consideration propose
    proposed proposal ready prepare prepared draft text texts document documents paper papers say said says told tell tells
    according press statement media news report reports reported public situation important main key major number various different
    viet nam vietnamese hanoi vientiane jakarta manila bangkok kuala lumpur singapore phnom penh nay pyi taw naypyitaw bandar seri
    begawan dili
    """
)
"""Words that a title may have whatever it is about."""

WEAK = _words("develop econom commun social futur sustain polic capac build area issu field peac stabil prosper challeng measur matter")
"""Stems that say little: beside others they count, alone they join nothing but their like."""

ENDS = _words(
    "that which who whom whose was were is are be been has have had will would shall should could may might must when after before "
    "during while at saw came went put this said saying calling urging reaffirming expressing welcoming condemning pledging stressing "
    "underlining emphasising emphasizing vowing demanding warning released issued adopted published signed"
)
"""Where the name of a document ends in running text."""

LEADS = _words("a an the its their his her our these this of on in at by for to with into from out up or saw")
"""Back to one of these, what stands before a document's noun belongs to its name."""

SUFFIXES: tuple[str, ...] = (
    *("isations", "izations", "isation", "ization", "ational", "ations", "ation", "ivity", "ments", "ment", "nesses", "ness"),
    *("ities", "ity", "ings", "ing", "ions", "ion", "isms", "ism", "ists", "ist", "ables", "able", "ives", "ive", "icals", "ical"),
    *("ally", "als", "al", "ics", "ic", "ies", "ied", "ers", "er", "ors", "or", "ated", "ates", "ate", "ed", "es", "s", "y", "e"),
)
"""Endings that a stem goes without, the longest of a family first."""

NUMBERS: dict[str, int] = {
    **{"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12},
    **{"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50},
}
"""Numbers in words, as far as documents are counted."""

SCALES: dict[str, int] = {
    **dict.fromkeys(("thousand", "ribu"), 1_000),
    **dict.fromkeys(("million", "millions", "mln", "mn", "m", "juta", "trieu"), 1_000_000),
    **dict.fromkeys(("billion", "billions", "bln", "bn", "miliar"), 1_000_000_000),
}
"""What a number of money is multiplied by."""

MEMBERS = frozenset(
    {"Brunei", "Brunei Darussalam", "Cambodia", "Indonesia", "Laos", "Lao PDR", "Malaysia", "Myanmar"}
    | {"Philippines", "Singapore", "Thailand", "Vietnam", "Viet Nam"}
)
"""Members as parties are named. Timor-Leste is not among them: most of what concerns it was decided about it, not by it."""

GRADES: dict[str, dict[str, str]] = {
    "partnership": {
        "comprehensive strategic": "comprehensive strategic|csp",
        "strategic": "strategic",
        "sectoral": "sectoral|dialogue partnership in areas|partnership in areas|dialogue partner in areas|partners in areas",
        "development": "development partner|development partners|development partnership",
        "dialogue": "full dialogue|dialogue partner|dialogue partners|dialogue partnership|dialogue relations",
    },
    "accession": {
        "tac": NAMES["tac"],
        "rcep": "rcep|regional comprehensive economic partnership",
        "seanwfz": "seanwfz|nuclear weapon free zone|bangkok treaty",
        "charter": "charter",
    },
    "membership": {"observer": "observer|observers|observateur|quan sat vien|pemerhati|peninjau|观察员"},
    "coordination": {
        "coordinator": "coordinator|coordinators|coordinatorship|coordinating|dieu phoi",
        "chair": "chair|chairs|chairmanship|chairship|presidency|chu tich|gavel|helm|pagkapangulo|pengerusi|ประธาน",
    },
}
"""Type -> what is joined, granted or held -> the phrases that say so, the most telling first."""

DEFAULT_GRADES = {"accession": "tac", "membership": "member"}
"""What is meant when the words name none."""
