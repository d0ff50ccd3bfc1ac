"""Letters from the twin towns: pages in many encodings, declared in many ways."""

import codecs
from html import escape

from fetcher.demo.page import DemoPage, document

_LATE = f"<!-- {'The declaration comes late, as on many real pages. ' * 25}-->\n"


def pages() -> list[DemoPage]:
    """Return the letters."""
    return [
        # A page labelled ISO-8859-1 is windows-1252 (Encoding standard, section 4.2), which has the
        # euro sign.
        _letter(
            "french",
            "fr",
            "windows-1252",
            "Hôtel de la Jetée – chambres dès 40 €",
            "Les fenêtres donnent sur le port. Le café est compris, le brouillard aussi.",
            header="iso-8859-1",
            about="windows-1252, called ISO-8859-1 by the header",
        ),
        _letter(
            "polish",
            "pl",
            "iso-8859-2",
            "Łódki i śledzie: targ rybny w Żabiej Zatoce",
            "Przyjeżdżajcie w sobotę rano, póki świeże.",
            header="ISO-8859-2",
            about="iso-8859-2, by the header",
        ),
        _letter(
            "czech",
            "cs",
            "windows-1250",
            "Příliš žluťoučký člun",
            "Náš člun je žlutý. Ať se váš přístav nikdy nezanese pískem.",
            late="windows-1250",
            about="windows-1250, by a meta after the first 1,024 bytes",
        ),
        _letter(
            "russian",
            "ru",
            "windows-1251",
            "Паром «Чайка» — расписание",
            "Паром ходит каждый день, кроме тумана. Ждём вас в гости.",
            header="windows-1251",
            about="windows-1251, by the header",
        ),
        _letter(
            "northern",
            "ru",
            "koi8-r",
            "Письмо из северного порта",
            "У нас ещё лёд, а маяк уже горит. Приезжайте летом.",
            meta="koi8-r",
            about="koi8-r, by a meta",
        ),
        _letter(
            "greek",
            "el",
            "iso-8859-7",
            "Χαιρετίσματα από το λιμάνι",
            "Η θάλασσα είναι ήρεμη και ο φάρος ανάβει κάθε βράδυ.",
            meta="greek",
            about="iso-8859-7, called `greek` by a meta",
        ),
        _letter(
            "japanese",
            "ja",
            "shift_jis",
            "メルル港の朝市｜毎週土曜日",
            "朝市は六時に始まります。新しい魚と温かいお茶があります。",
            meta="Shift_JIS",
            about="shift_jis, by a meta",
        ),
        _letter(
            "diary",
            "ja",
            "euc-jp",
            "灯台守の日記",
            "今日は霧が深い。船は一隻も来なかった。",
            equiv="EUC-JP",
            about="euc-jp, by a meta http-equiv",
        ),
        _letter(
            "chinese",
            "zh-CN",
            "gbk",
            "梅尔港的早市",
            "每个星期六早上六点开始，有新鲜的鱼和热茶。",
            meta="gb2312",
            about="gbk, called gb2312 by a meta",
        ),
        _letter(
            "lantern",
            "zh-TW",
            "big5",
            "梅爾港的燈塔",
            "燈塔每天晚上都亮著，歡迎你們來看海。",
            header="big5",
            about="big5, by the header",
        ),
        _letter(
            "korean",
            "ko",
            "euc-kr",
            "메를 항구의 등대",
            "등대는 매일 밤 빛납니다. 놀러 오세요.",
            meta="euc-kr",
            about="euc-kr, by a meta",
        ),
        _sixteen_bits(),
        _letter(
            "header",
            "en",
            "utf-8",
            "Déjà vu: the header says UTF-8",
            "The header and the meta disagree, and the header counts.",
            header="utf-8",
            meta="windows-1252",
            about="utf-8, by the header against a meta",
        ),
        _letter(
            "meta",
            "en",
            "utf-8",
            "Señor Muñoz’s tide tables",
            "A meta in the first 1,024 bytes says UTF-8.",
            meta="utf-8",
            about="utf-8, by a meta",
        ),
        _letter(
            "late",
            "en",
            "utf-8",
            "Smørrebrød on the pier",
            "A meta says UTF-8, but only after the first 1,024 bytes.",
            late="utf-8",
            about="utf-8, by a meta after the first 1,024 bytes",
        ),
        _letter(
            "silent",
            "en",
            "utf-8",
            "Naïve café, no declaration",
            "Nothing declares it, but these bytes can only be UTF-8.",
            about="utf-8, declared nowhere",
        ),
    ]


def _letter(
    name: str,
    lang: str,
    encoding: str,
    title: str,
    text: str,
    *,
    about: str,
    header: str = "",
    meta: str = "",
    equiv: str = "",
    late: str = "",
) -> DemoPage:
    """Return a letter.

    Args:
        name: the last part of its path.
        lang: its language.
        encoding: its encoding.
        title: its title.
        text: its text.
        about: what it shows, for the index.
        header: the label in the Content-Type header; "" for none.
        meta: the label in a `meta`; "" for none.
        equiv: the label in a `meta http-equiv`; "" for none.
        late: the label in a `meta` after the first 1,024 bytes; "" for none.
    """
    declared = f'<meta charset="{meta}">\n' if meta else ""
    if equiv:
        declared = f'<meta http-equiv="Content-Type" content="text/html; charset={equiv}">\n'
    if late:
        declared = f'{_LATE}<meta charset="{late}">\n'
    main = f"<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>"
    return DemoPage(
        f"/letters/{name}",
        about,
        document(main, title=title, declared=declared, lang=lang).encode(encoding),
        title,
        encoding,
        f"text/html; charset={header}" if header else "text/html",
    )


def _sixteen_bits() -> DemoPage:
    title = "A letter in sixteen bits 🐚"
    main = f"<h1>{title}</h1>\n<p>A byte order mark says so, and the header’s UTF-8 is wrong.</p>"
    body = codecs.BOM_UTF16_LE + document(main, title=title).encode("utf-16-le")
    return DemoPage(
        "/letters/sixteen",
        "utf-16le, by a byte order mark against the header",
        body,
        title,
        "utf-16le",
    )
