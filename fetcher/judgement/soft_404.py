"""Soft 404s: pages that say, in one of many languages, that they do not exist, but with a 200."""

import re
from urllib.parse import unquote, urlsplit

from fetcher.extraction.encoding.decoders import decode
from fetcher.extraction.page_text import ParsedDocument

# Each as a title or a heading has it; the words below may stand in between.
_PHRASES = {
    "en": (
        "not found, page not found, file not found, document not found, content not found, "
        "resource not found, article not found, product not found, post not found, item not found, "
        "url not found, object not found, page was not found, page could not be found, "
        "page couldn't be found, page cannot be found, page can not be found, page can't be found, "
        "page does not exist, page doesn't exist, page no longer exists, page is missing, "
        "page missing, page isn't available, page not available, page is not available, "
        "page is no longer available, can't find page, cannot find page, couldn't find page, "
        "could not find page, no such page, page has been removed, resource cannot be found, "
        "resource could not be found, document could not be found, file could not be found, "
        "content is not available, content isn't available, content not available, "
        "nothing was found at location, nothing could be found at location, "
        "requested url was not found, url was not found on server, "
        "requested url was not found on server, no page found"
    ),
    "de": (
        "nicht gefunden, seite nicht gefunden, seite wurde nicht gefunden, "
        "seite konnte nicht gefunden werden, seite existiert nicht, "
        "seite existiert nicht mehr, seite nicht vorhanden, seite nicht verfügbar, "
        "datei nicht gefunden, objekt nicht gefunden, angeforderte seite nicht gefunden, "
        "angeforderte seite wurde nicht gefunden, gesuchte seite wurde nicht gefunden, "
        "inhalt nicht gefunden, artikel nicht gefunden, produkt nicht gefunden"
    ),
    "fr": (
        "introuvable, non trouvé, non trouvée, page introuvable, page non trouvée, "
        "page inexistante, page n'existe pas, page n'existe plus, page demandée introuvable, "
        "page demandée n'existe pas, page est introuvable, page n'a pas été trouvée"
    ),
    "es": (
        "no encontrado, no encontrada, página no encontrada, página no existe, "
        "página inexistente, no se encontró página, no se encuentra página, "
        "no se ha encontrado página, página no se encuentra, página solicitada no existe"
    ),
    "pt": (
        "não encontrado, não encontrada, página não encontrada, página não existe, "
        "página inexistente, página não foi encontrada, página solicitada não existe"
    ),
    "it": (
        "non trovato, non trovata, pagina non trovata, pagina inesistente, pagina non esiste, "
        "pagina non è stata trovata, impossibile trovare pagina, pagina richiesta non esiste"
    ),
    "nl": (
        "niet gevonden, pagina niet gevonden, pagina bestaat niet, pagina bestaat niet meer, "
        "pagina is niet gevonden, pagina kon niet worden gevonden, pagina werd niet gevonden"
    ),
    "pl": (
        "nie znaleziono, nie znaleziono strony, strona nie istnieje, strona nie znaleziona, "
        "strona nie została znaleziona, strony nie znaleziono, podana strona nie istnieje"
    ),
    "ru": (
        "не найдено, не найдена, страница не найдена, страница не существует, "
        "страницы не существует, такой страницы не существует, такой страницы нет, "
        "запрашиваемая страница не найдена, документ не найден, файл не найден"
    ),
    "uk": "не знайдено, сторінку не знайдено, сторінка не знайдена, сторінка не існує",
    "tr": (
        "bulunamadı, bulunamadi, sayfa bulunamadı, sayfa bulunamadi, sayfa mevcut değil, "
        "aradığınız sayfa bulunamadı, aradığınız sayfa bulunamadi"
    ),
    "sv": (
        "hittades inte, sidan hittades inte, sidan kunde inte hittas, sidan kan inte hittas, "
        "sidan finns inte, sidan finns inte längre, sidan saknas, kunde inte hitta sidan"
    ),
    "da": "ikke fundet, siden blev ikke fundet, siden findes ikke, side ikke fundet",
    "no": "ikke funnet, siden ble ikke funnet, siden finnes ikke, fant ikke siden",
    "fi": "sivua ei löydy, sivua ei löytynyt, ei löytynyt, sivua ei ole",
    "cs": "nenalezeno, stránka nenalezena, stránka nebyla nalezena, stránka neexistuje",
    "sk": "nenájdené, stránka nenájdená, stránka sa nenašla, stránka neexistuje",
    "hu": "nem található, oldal nem található, az oldal nem található, az oldal nem létezik",
    "ro": "pagina nu a fost găsită, pagina nu există, pagina negăsită, pagină negăsită",
    "el": "δεν βρέθηκε, σελίδα δεν βρέθηκε, σελίδα δεν υπάρχει",
    "ar": "الصفحة غير موجودة, لم يتم العثور على الصفحة, غير موجود",
    "he": "הדף לא נמצא, העמוד לא נמצא, לא נמצא",
    "vi": "không tìm thấy, không tìm thấy trang, trang không tồn tại, không tìm thấy trang này",
    "id": "tidak ditemukan, halaman tidak ditemukan",
    "ms": "halaman tidak dijumpai",
    "bg": "страницата не е намерена, страницата не съществува, не е намерено",
    "hr": "stranica nije pronađena, stranica ne postoji, stranica nije nađena",
    "sr": "страница није пронађена, страница не постоји",
    "sl": "stran ne obstaja, strani ni mogoče najti, stran ni bila najdena",
    "ca": "pàgina no trobada, no s'ha trobat pàgina, pàgina no existeix",
    "et": "lehte ei leitud, lehekülge ei leitud",
    "lt": "puslapis nerastas, puslapis neegzistuoja",
    "lv": "lapa nav atrasta, lapa neeksistē",
    "fa": "صفحه یافت نشد, صفحه پیدا نشد, صفحه مورد نظر یافت نشد",
    "hi": "पृष्ठ नहीं मिला, पेज नहीं मिला",
}

# Scripts that put no spaces between words: it is enough that one stands in a short text.
_UNSPACED = {
    "ja": (
        "ページが見つかりません, ページは見つかりません, ページが見つかりませんでした, "
        "ページが存在しません, ページは存在しません, お探しのページはありません"
    ),
    "zh": (
        "页面不存在, 页面未找到, 页面没有找到, 找不到页面, 找不到该页, 未找到页面, 找不到网页, "
        "网页不存在, 无法找到该页, 無法找到, 頁面不存在, 找不到頁面, 找不到網頁, 找不到此頁"
    ),
    "ko": "페이지를 찾을 수 없습니다, 찾을 수 없는 페이지, 존재하지 않는 페이지, 페이지가 존재하지",
    "th": "ไม่พบหน้า",
}

_MAY_BE_LEFT_OUT = (
    "error err code fehler fehlerseite erreur errore erro błąd ошибка fel feil chyba hata "
    "oops ooops oopsie whoops uhoh uh oh ah sorry hoppla ups opa désolé spiacenti "
    "the this that a an requested you youre we were are looking for our "
    "die diese der angegebene la le les cette el esta esa o essa lo questa de deze het den det η"
)
_FILLERS = frozenset(_MAY_BE_LEFT_OUT.split())
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")
_WORD = re.compile(r"\d+|[^\W\d_]+")
# What stands between the name of a site and that of a page.
_SEPARATOR = re.compile(r"\s[-–—:/~]+\s|\s*[|·•«»›–—]+\s*|[:!.]\s")

_LONGEST = 150
_SITE_WORDS = 6
_UNSPACED_LONGEST = 30


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().translate(_APOSTROPHES))


def _key(words: list[str]) -> str:
    return " ".join([word for word in words if word not in _FILLERS and not word.isdecimal()])


_KEYS = frozenset(
    _key(_words(phrase)) for phrases in _PHRASES.values() for phrase in phrases.split(", ")
)
_PARTS = tuple(part for parts in _UNSPACED.values() for part in parts.split(", "))


def says_not_found(text: str) -> bool:
    """Return True if a title or heading says that there is no such page, and not much else.

    Beside the phrase there may be the name of the site; where more is said, the text is about
    something: `404 - Example` says so, `What HTTP 404 means` does not.
    """
    if len(text) > _LONGEST:
        return False
    counts = []
    found = False
    for segment in _SEPARATOR.split(text):
        words = _words(segment)
        if not found and _is_phrase(segment, words):
            found = True
        else:
            counts.append(len(words))
    return found and sum(counts) <= _SITE_WORDS


def _is_phrase(segment: str, words: list[str]) -> bool:
    key = _key(words)
    if key in _KEYS or (not key and "404" in words):
        return True
    if segment.isascii():
        return False
    return len(segment) <= _UNSPACED_LONGEST and any(part in segment for part in _PARTS)


_LITTLE_TEXT = 1_000
"""Characters of visible text, below which a heading speaks for the page as a whole."""
_HEADING_BYTES = 500
_SMALL_PAGE = 4 * 1024
"""Bytes of a page that is looked at as a whole where its first `h1` does not say it."""

_TAG = re.compile(rb"<[^>]*>")
_NAMES_IT = re.compile(
    r"(?<!\d)404(?!\d)|not[-_ ]?found|no[-_ ]encontrad|introuvable|nicht[-_ ]gefunden", re.I
)
_ERROR_PAGE = re.compile(
    r"(?:.*/)?(?:error[-_]?)?(?:404|(?:page[-_]?)?not[-_]?found)(?:[-_]?(?:error|page))?(?:\.\w+)?/?",
    re.I,
)


def names_not_found(url: str) -> bool:
    """Return True if a URL itself speaks of 404s: an article about them, or the error page."""
    return _NAMES_IT.search(unquote(_path(url))) is not None


def is_error_page(url: str) -> bool:
    """Return True if a URL's path is an error page's, such as `/404.html` or `/en/not-found`."""
    return _ERROR_PAGE.fullmatch(_path(url)) is not None


def heading_not_found(head: bytes, encoding: str) -> str:
    """The first heading of a page, where it says that there is no such page; "" otherwise.

    head: the whole page. encoding: its, by the Encoding standard. The heading counts only where the
    page has little text besides; where it has nothing but such a sentence, that is a heading too.
    It is parsed only if the first `h1` in the bytes could be it, to see which costs a glance, or if
    it is so small that it costs little more.
    """
    if not encoding:
        return ""
    glance = _first_h1(head)
    if not (glance and says_not_found(decode(glance, encoding).strip())) and not _is_small(head):
        return ""
    document = ParsedDocument(decode(head, encoding))
    heading, text = document.heading, document.text
    if says_not_found(heading) and len(text) <= _LITTLE_TEXT:
        return heading
    return text if says_not_found(text) else ""


def _is_small(head: bytes) -> bool:
    """Return True if a page can be parsed at little cost; what is not markup is not a page."""
    return len(head) <= _SMALL_PAGE and head.lstrip()[:1] == b"<"


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _first_h1(head: bytes) -> bytes:
    """What stands in the first `h1`, without tags, if it is short."""
    # Of all that could be searched for, this costs the least: 7 µs in a page of 20 KB, half of
    # what `<h1` takes. Pages that write it in capitals are of an age that had honest titles.
    ends = head.find(b"</h1>")
    begins = head.rfind(b"<h1", max(0, ends - _HEADING_BYTES), ends) if ends >= 0 else -1
    return _TAG.sub(b" ", head[begins:ends]) if begins >= 0 else b""
