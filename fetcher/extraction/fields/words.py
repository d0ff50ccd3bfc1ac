"""How many words a text has."""

import re

# Scripts whose words no space parts: Han, kana, Bopomofo, Thai, Lao, Khmer, Myanmar. Letters only.
_SPACELESS = re.compile(
    "[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f\u3105-\u312f"
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6"
    "\u1780-\u17b3\u1000-\u102a\u103f]"
)
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def count_words(text: str) -> int:
    """Count the words of a text.

    A word is what white space parts from the rest and has a letter or a digit in it, as word
    processors count. In scripts without spaces each letter is one, as for them too: a Han
    character, a kana, a Thai consonant (UAX #29 divides so where it has no dictionary).
    """
    spaceless = 0
    if not text.isascii():
        text, spaceless = _SPACELESS.subn(" ", text)
    parts = text.split()
    # Most need no more than a look.
    unclear = [part for part in parts if not part.isalnum()]
    words = len(parts) - len(unclear) + sum(map(bool, map(_LETTER_OR_DIGIT.search, unclear)))
    return spaceless + words
