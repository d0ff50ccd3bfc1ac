"""The rules of the layout: how files are named, how long they are, what stands only in one place.

`tools/structure.py` measures. Every list of exceptions gives a reason for each entry; an entry that
is no longer needed fails its test.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tools.structure import Module, Structure, main

ROOT = Path(__file__).parent.parent
HOUSE = Structure(ROOT)

LONGEST = 350
SHORT = 120
LEAST_MEDIAN = 100

WORDS_IN_ING = {
    "fetcher.extraction.encoding.sniffing": "the standard's word: MIME and encoding sniffing",
    "fetcher.pool.ordering": "the order of results, a noun of the trade",
    "fetcher.statuspage.templating": "the usual word for setting up a template engine",
    "fetcher.transport.archive.recording": "what is made of an exchange: a recording",
    "fetcher.transport.content_encoding": "the name of the header field, RFC 9110 section 8.4",
}
"""Names in -ing that the trade uses as nouns, each with its reason."""

APART = {
    "fetcher.judgement.content_rules": "one of five files of rules, read by what they judge",
    "fetcher.judgement.failure_rules": "one of five files of rules, read by what they judge",
    "fetcher.judgement.status_rules": "one of five files of rules, read by what they judge",
}
"""Short files with one importer that stand apart all the same, each with its reason."""

RANGES = {
    "fetcher.text": "the one cleaner of text that people see",
    "fetcher.sources.sitemap_xml": "characters that XML forbids are removed before it is parsed",
}
"""Files that may hold a range of control characters, each with its reason."""

CLOCKS = {
    "fetcher.storage.sqlite_file": "the name of a file, in which no colon can stand",
    "fetcher.units": "the one wording of times",
}
"""Files that may call `strftime`, each with its reason."""

CONNECTIONS = {
    "fetcher.storage.sqlite_file": "the one life cycle of a database that is kept",
}
"""Files that may call `sqlite3.connect`, each with its reason."""

PRAGMAS = {
    "fetcher.storage.sqlite_file": "the one life cycle of a database that is kept",
}
"""Files that may hold a PRAGMA, each with its reason."""

_CONTROL = "[\0-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
RANGE = re.compile(rf"{_CONTROL}-{_CONTROL}|\\x[0189][\da-f]-\\x[0189][\da-f]")
"""A range of control or bidirectional characters, written out or escaped."""


def test_a_basename_occurs_once() -> None:
    """A module is known by its name alone, whatever room it is in."""
    assert HOUSE.repeated_basenames == {}


def test_a_public_class_name_occurs_once() -> None:
    """A class is known by its name alone, whatever file it is in."""
    assert HOUSE.repeated_classes == {}


def test_a_file_is_named_by_a_noun() -> None:
    """A name in -ing says what is done and not what the file holds, but for words of the trade."""
    assert {*HOUSE.names_in_ing} == {*WORDS_IN_ING}


def test_a_short_file_with_one_importer_is_part_of_it() -> None:
    """It stands apart only where one of them is imported late, or both would be too long."""
    found = {
        name
        for name, importer in HOUSE.single_importers.items()
        if HOUSE.modules[name].lines < SHORT
        and not HOUSE.arrows[importer, name]
        and HOUSE.modules[name].lines + HOUSE.modules[importer].lines <= LONGEST
    }
    assert found <= {*APART}
    assert {*APART} <= {*HOUSE.modules}


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    """What grows beyond that holds two concepts."""
    assert {m.name: m.lines for m in HOUSE.files if m.lines > LONGEST} == {}


def test_the_files_of_a_room_are_whole_concepts() -> None:
    """A room of many short files sends its reader from one to the next."""
    rooms = defaultdict(list)
    for module in HOUSE.files:
        if (ROOT / "fetcher" / module.room).is_dir():
            rooms[module.room].append(module.lines)
    small = {room for room, lines in rooms.items() if median(lines) < LEAST_MEDIAN}
    assert small == set()


def test_control_characters_are_listed_in_one_place() -> None:
    """Copies of such a list differ sooner or later, and text is cleaned in two ways."""
    assert {m.name for m in HOUSE.files if any(map(RANGE.search, texts(m)))} == {*RANGES}


def test_times_are_worded_in_one_place() -> None:
    """The same moment reads the same everywhere."""
    found = {m.name for m in HOUSE.files if "strftime" in attributes(m)}
    assert found == {*CLOCKS}


def test_databases_are_opened_in_one_place() -> None:
    """Locks, integrity checks and closing are the same for every database."""
    found = {m.name for m in HOUSE.files if "sqlite3.connect" in attributes(m)}
    assert found == {*CONNECTIONS}


def test_databases_are_set_up_in_one_place() -> None:
    """A PRAGMA elsewhere makes one database behave unlike the others."""
    found = {m.name for m in HOUSE.files if any("PRAGMA" in text.upper() for text in texts(m))}
    assert found == {*PRAGMAS}


def test_there_are_no_import_circles() -> None:
    """Any two files can be read in an order."""
    assert HOUSE.circles == []


def texts(module: Module) -> Iterator[str]:
    """Return every text in a module's code, its docstrings left out."""
    comments = {
        id(node.value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and id(node) not in comments:
            if isinstance(node.value, str):
                yield node.value
            elif isinstance(node.value, bytes):
                yield node.value.decode("latin-1")


def attributes(module: Module) -> set[str]:
    """Return the attributes that a module's code names, alone and with what they belong to."""
    nodes = [node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)]
    return {node.attr for node in nodes} | {ast.unparse(node) for node in nodes}


@pytest.fixture
def small(tmp_path: Path) -> Structure:
    """A package that breaks the rules."""
    files = {
        "fetcher/__init__.py": "",
        "fetcher/room/__init__.py": "from fetcher.room.opening import Thing",
        "fetcher/room/opening.py": "class Thing: ...\n",
        "fetcher/room/only.py": "import fetcher.other.opening\nfrom fetcher.room import Thing\n",
        "fetcher/room/user.py": "def f():\n    from fetcher.room import only\n",
        "fetcher/other/__init__.py": "",
        "fetcher/other/opening.py": "from fetcher.room.user import f\nclass Thing: ...\n",
        "tests/test_layers.py": 'ROOMS = ("room", "other")\n',
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Structure(tmp_path)


def test_what_breaks_the_rules_is_found(small: Structure) -> None:
    """Names twice, a gerund, one importer, a circle, and an import against the order."""
    assert small.repeated_basenames == {
        "opening": ["fetcher.other.opening", "fetcher.room.opening"]
    }
    assert [*small.repeated_classes] == ["Thing"]
    assert small.names_in_ing == ["fetcher.other.opening", "fetcher.room.opening"]
    assert small.single_importers == {"fetcher.room.only": "fetcher.room.user"}
    assert small.circles == [["fetcher.other.opening", "fetcher.room.only", "fetcher.room.user"]]
    assert small.arrows_up == [("fetcher.room.only", "fetcher.other.opening")]


def test_an_import_through_a_face_is_one_of_the_module_behind_it(small: Structure) -> None:
    """And one inside a function is late."""
    assert small.arrows["fetcher.room.only", "fetcher.room.opening"] is False
    assert small.arrows["fetcher.room.user", "fetcher.room.only"] is True


@pytest.mark.parametrize("text", ["[\0-\x08]", r"[\x00-\x1f]", "[\u202a-\u202e]", "\x7f-\x9f"])
def test_a_range_of_control_characters_is_found(text: str) -> None:
    """Written as characters or as escapes."""
    assert RANGE.search(text)


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The command shows a figure a line."""
    main([str(ROOT)])
    shown = capsys.readouterr().out
    assert re.search(r"^import circles +0$", shown, re.MULTILINE)
    assert re.search(r"^transport +\d+ files", shown, re.MULTILINE)
