"""What the documents name exists, and what exists is named."""

import re
from pathlib import Path

import pytest

import fetcher
import fetcher.pool
from fetcher.extras import EXTRAS
from tests.test_layers import ROOMS

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "docs/glossary.md")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def rooms() -> set[str]:
    """Return every room: the files and folders at the top, and the folders in these."""
    package = ROOT / "fetcher"
    folders = {path.parent.relative_to(package) for path in package.glob("*/**/__init__.py")}
    files = {path.name for path in package.glob("*.py")} - {"__init__.py"}
    return files | {f"{folder}/" for folder in folders}


def listed_rooms() -> list[str]:
    """Return the first column of the table of rooms."""
    table = ARCHITECTURE.partition("## Rooms")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE)


def test_every_room_is_in_the_architecture() -> None:
    """And nothing that is no room; each once."""
    assert sorted(listed_rooms()) == sorted(rooms())


def test_the_rooms_stand_in_their_order() -> None:
    """The list says what may import what, as the test of the layers does."""
    tops = [re.split(r"[/.]", room)[0] for room in listed_rooms()]
    places = [ROOMS.index(room) for room in tops]
    assert places == sorted(places)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_path_in_a_document_exists(document: str) -> None:
    """A file that moved is found by its name nowhere else."""
    text = (ROOT / document).read_text("utf-8")
    paths = set(re.findall(r"`([\w./-]+(?:\.(?:py|md|toml)|/))`", text))
    places = (ROOT, ROOT / "fetcher")
    generated = re.compile(r"^\.venv|NAME|^Makefile$")
    assert not [
        path
        for path in sorted(paths)
        if not generated.search(path) and not any((place / path).exists() for place in places)
    ]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_link_in_a_document_leads_somewhere(document: str) -> None:
    """Links to files of the repository; the web is not asked."""
    path = ROOT / document
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", path.read_text("utf-8"))
    assert not [link for link in links if not (path.parent / link).exists()]


def test_a_function_in_the_architecture_exists() -> None:
    """Those in parentheses behind a path are in that file."""
    named = re.findall(r"`([\w/]+\.py)`\s+\((`\w+`(?:, `\w+`)*)\)", ARCHITECTURE)
    assert len(named) >= 4
    for path, names in named:
        text = (ROOT / "fetcher" / path).read_text("utf-8")
        for name in re.findall(r"\w+", names):
            assert re.search(rf"\b(def|class) {name}\b", text), f"{path}: {name}"


@pytest.mark.parametrize("package", [fetcher, fetcher.pool])
def test_every_class_of_the_public_api_is_in_the_glossary(package: object) -> None:
    """Each has an entry of its own."""
    names: list[str] = package.__all__  # type: ignore[attr-defined]
    classes = [name for name in names if isinstance(getattr(package, name), type)]
    assert len(classes) >= 11
    assert not [name for name in classes if f"\n- **`{name}`**: " not in GLOSSARY]


def test_the_glossary_is_in_order() -> None:
    """Each part is sorted, so that a word is found."""
    for part in GLOSSARY.split("\n## ")[1:]:
        words = [word.strip("`").lower() for word in re.findall(r"^- \*\*(.+?)\*\*", part, re.M)]
        assert words == sorted(words)
        assert words


def test_the_targets_of_the_makefile_are_those_of_the_documents() -> None:
    """`make` knows every target that a document names."""
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    assert {"install", "lint", "test", "check"} <= targets
    for document in ("CONTRIBUTING.md", "README.md", ".ci/run"):
        text = (ROOT / document).read_text("utf-8")
        named = set(re.findall(r"(?:^ *|`|&& )make ([a-z]+)", text, re.MULTILINE))
        assert named, document
        assert named <= targets


def test_the_makefile_names_tests_that_exist() -> None:
    """The fast part is a list of folders, which may move."""
    patterns = re.findall(r"\btests/[\w/*.]+", MAKEFILE.partition("\nHEAVY =")[2])
    assert len(patterns) > 5
    assert not [pattern for pattern in patterns if not [*ROOT.glob(pattern)]]


def test_the_install_commands_name_every_extra() -> None:
    """By the library, and as an extra of a clone."""
    install = (ROOT / "README.md").read_text("utf-8").partition("## Install")[2]
    install = install.partition("\n## ")[0]
    assert {*re.findall(r"`pip install (\w+)`", install)} == {*EXTRAS}
    [extras] = re.findall(r"pip install '\.\[(.*?)\]'", install)
    assert {*extras.split(",")} == {*EXTRAS.values()}


def test_every_benchmark_in_the_documents_exists() -> None:
    """A script that was renamed is measured by nobody."""
    for document in ("README.md", "benchmarks/README.md", "docs/pool.md"):
        text = (ROOT / document).read_text("utf-8")
        scripts = set(re.findall(r"`(?:python benchmarks/)?(\w+\.py)\b", text))
        assert scripts, document
        assert not [name for name in scripts if not (ROOT / "benchmarks" / name).exists()]
