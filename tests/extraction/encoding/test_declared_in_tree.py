"""The encoding that the metas of a tree declare."""

import pytest

from fetcher.extraction.encoding.sniffing import declared_in_tree
from fetcher.extraction.html_tree import parse


@pytest.mark.parametrize(
    ("markup", "encoding"),
    [
        ("<meta charset=koi8-r>", "koi8-r"),
        ("<META CharSet=' KOI8-R '>", "koi8-r"),
        ("<meta charset=koi8-r><meta charset=utf-8>", "koi8-r"),
        ("<meta charset=nonsense><meta charset=utf-8>", "utf-8"),
        ("<meta charset><meta charset=utf-8>", "utf-8"),
        ("<meta charset=utf-16>", "utf-8"),
        ("<meta charset=x-user-defined>", "windows-1252"),
        ("<meta http-equiv=CONTENT-TYPE content='text/html; charset=koi8-r'>", "koi8-r"),
        ("<meta http-equiv=content-type content='charset=koi8-r' charset=nonsense>", "koi8-r"),
        ("<meta http-equiv=refresh content='charset=koi8-r'>", None),
        ("<meta name=x content='charset=koi8-r'>", None),
        ("<p>text<div><meta charset=koi8-r>", "koi8-r"),
        ("<table><meta charset=koi8-r>", "koi8-r"),
        ("<svg><meta charset=koi8-r>", "koi8-r"),
        ("<noscript><meta charset=koi8-r></noscript>", "koi8-r"),
        ("<template><meta charset=koi8-r></template><meta charset=utf-8>", "koi8-r"),
        ("<p><template><template><meta charset=koi8-r></template></template>", "koi8-r"),
        ("<!-- <meta charset=koi8-r> -->", None),
        ("<title><meta charset=koi8-r></title>", None),
        ("<script><meta charset=koi8-r></script>", None),
        ("<textarea><meta charset=koi8-r></textarea>", None),
        ("<frameset><meta charset=koi8-r>", None),
        ("<script>'<meta charset=utf-8>'</script><p><meta charset=koi8-r>", "koi8-r"),
        ("", None),
    ],
)
def test_first_meta_of_the_tree(markup: str, encoding: str | None) -> None:
    """The first `meta` element with a supported encoding declares it; text that looks so, not."""
    assert declared_in_tree(parse(markup.encode())) == encoding
