"""Small repairs to XML text, so that one stray character does not cost a whole sitemap."""

import re

_OPENING = re.compile(r"<!--|<!\[CDATA\[")
_BARE = re.compile(r"&(?!(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z_:][\w.:-]{0,31});)")
_ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 34
"""No marker and no reference that the patterns know is longer, in characters."""


class XmlMender:
    """Mends what generators of sitemaps get wrong most often, leaving line numbers as they are.

    `&` that begins no reference (`?a=1&b=2`) becomes `&amp;`; characters that XML forbids become
    U+FFFD; comments, which may hold a forbidden `--` and may be endless, are dropped.
    """

    def __init__(self) -> None:
        self._held = ""
        self._until = ""

    def feed(self, text: str, *, final: bool = False) -> str:
        """Take text and give it mended, but for an end that the next text may change."""
        text = _ILLEGAL.sub("\ufffd", self._held + text)
        self._held = ""
        mended: list[str] = []
        position = 0
        while position < len(text):
            step = self._literal if self._until else self._markup
            position = step(text, position, mended, final)
            if self._held:
                break
        return "".join(mended)

    def _literal(self, text: str, position: int, mended: list[str], final: bool) -> int:
        """Pass the inside of a comment or CDATA section."""
        found = text.find(self._until, position)
        end = found + 3 if found >= 0 else len(text) if final else max(position, len(text) - 2)
        inside = text[position:end]
        mended.append("\n" * inside.count("\n") if self._until == "-->" else inside)
        if found >= 0:
            self._until = ""
        else:
            self._held = text[end:]
        return end

    def _markup(self, text: str, position: int, mended: list[str], final: bool) -> int:
        """Pass everything else."""
        opening = _OPENING.search(text, position)
        if opening is not None:
            mended.append(_BARE.sub("&amp;", text[position : opening.start()]))
            comment = opening[0] == "<!--"
            self._until = "-->" if comment else "]]>"
            mended.append("" if comment else opening[0])
            return opening.end()
        end = len(text)
        if not final:
            near = max(position, end - _LONGEST)
            last = max(text.rfind("<", near), text.rfind("&", near))
            end = last if last >= 0 else end
        mended.append(_BARE.sub("&amp;", text[position:end]))
        self._held = text[end:]
        return end
