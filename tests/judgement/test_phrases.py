"""Titles and headings that say that there is no page."""

import pytest

from fetcher.judgement.soft_404 import says_not_found

SAY_SO = [
    "404",
    "404 Not Found",
    "Error 404",
    "Error 404 (Not Found)!!1",
    "404 - Example Shop",
    "Page not found",
    "Page Not Found | Example",
    "Example » Page not found",
    "HTTP Status 404 – Not Found",
    "Oops! That page can’t be found.",
    "Sorry, the page you requested could not be found",
    "We couldn't find that page - Example Company Ltd",
    "404: This page could not be found.",
    "Fehler 404 - Seite nicht gefunden | Firma",
    "Diese Seite existiert nicht",
    "Page introuvable - Le Monde",
    "Erreur 404 : cette page n'existe pas",
    "Página no encontrada",
    "Página não encontrada – Loja",
    "Pagina non trovata",
    "Pagina niet gevonden",
    "Nie znaleziono strony",
    "Ошибка 404 — Страница не найдена",
    "Сторінку не знайдено",
    "ページが見つかりません",
    "お探しのページは見つかりませんでした | 会社",
    "页面不存在",
    "抱歉，您访问的页面不存在",
    "找不到網頁",
    "페이지를 찾을 수 없습니다",
    "Sayfa bulunamadı",
    "SAYFA BULUNAMADI",
    "Sidan hittades inte",
    "Siden blev ikke fundet",
    "Siden ble ikke funnet",
    "Sivua ei löytynyt",
    "Stránka nenalezena",
    "Az oldal nem található",
    "Pagina nu a fost găsită",
    "Η σελίδα δεν βρέθηκε",
    "الصفحة غير موجودة",
    "העמוד לא נמצא",
    "Không tìm thấy trang",
    "Halaman tidak ditemukan",
    "ไม่พบหน้า",
    "We can't find the page you're looking for | Shop",
    "The resource cannot be found.",
    "The requested URL was not found on this server.",
    "Страницата не е намерена",
    "Stranica nije pronađena",
    "Lehte ei leitud",
    "Puslapis nerastas",
    "صفحه یافت نشد",
    "पृष्ठ नहीं मिला",
]

DO_NOT = [
    "",
    "Error",
    "Welcome",
    "HTTP 404 - Wikipedia",
    "What HTTP 404 means and how to fix it",
    "404 Not Found: what does it mean, and what can you do about it? - Blog",
    "How to build a great page not found page",
    "Top 10 page not found designs",
    "Peugeot 404",
    "Area 404 Festival",
    "Lost and found",
    "Found: a page",
    "No results found for shoes",
    "Nothing found for shoes",
    "Gefunden: eine Seite",
    "Страница",
    "2024",
    "page not found " * 20,
]


@pytest.mark.parametrize("text", SAY_SO)
def test_it_is_understood_in_many_languages(text: str) -> None:
    """With or without the name of the site, an apology, or the number."""
    assert says_not_found(text)


@pytest.mark.parametrize("text", DO_NOT)
def test_what_is_about_something_else_is_not_taken_for_it(text: str) -> None:
    """An article about such pages is a page."""
    assert not says_not_found(text)
