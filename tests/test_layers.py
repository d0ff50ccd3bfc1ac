"""The rooms of the design: a module imports only from rooms above its own."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "fetcher"

ROOMS = (
    "text",
    "units",
    "urls",
    "http_fields",
    "failures",
    "model",
    "network_errors",
    "extras",
    "options",
    "settings",
    "config",
    "loop_lag",
    "storage",
    "pool",
    "sources",
    "transport",
    "extraction",
    "parse_stage",
    "judgement",
    "sinks",
    "engine",
    "jobs",
    "baseline",
    "notify",
    "monitor",
    "statuspage",
    "cluster",
    "demo",
    "cli",
    "__main__",
)
"""From the top down. The package itself is above all: it names its parts, and loads them late."""

APART = {
    "pool": set[str](),
    "demo": {"failures"},
    "extraction": {"model", "text", "urls"},
    "notify": {
        "config",
        "extras",
        "http_fields",
        "network_errors",
        "options",
        "text",
        "units",
    },
}
"""Rooms that could be products of their own, and all that they may import."""

LIBRARIES = {
    "aiohttp": {"network_errors", "transport", "demo", "notify", "statuspage"},
    "yarl": {"transport", "statuspage"},
    "tenacity": {"transport"},
    "selectolax": {"extraction"},
    "typer": {"cli"},
    "cryptography": {"transport"},
    "re2": {"judgement"},
    "jsonpath_rfc9535": {"judgement"},
    "tomli": {"sources"},
    "pyarrow": {"baseline", "sinks"},
    "multidict": {"transport", "statuspage"},
    "warcio": {"transport"},
    "rich": {"cli", "sinks"},
    "cronsim": {"monitor"},
    "apprise": {"notify"},
    "jinja2": {"sinks", "statuspage"},
    "prometheus_client": {"statuspage"},
}
"""Which rooms may know a library."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def room(module: str) -> str:
    """Return the room of a dotted name; "" for the package itself, and for names in it."""
    part = module.removeprefix("fetcher").removeprefix(".").partition(".")[0]
    return part if part in ROOMS or is_room(part) else ""


def is_room(name: str) -> bool:
    """Return True if there is such a file or folder."""
    return (PACKAGE / f"{name}.py").exists() or (PACKAGE / name / "__init__.py").exists()


def dotted(path: Path) -> str:
    """Return a file's name as a module."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(source: str, module: str) -> Iterator[str]:
    """Yield every name that a module imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = ".".join(module.split(".")[: -node.level])
                base = f"{above}.{base}".rstrip(".")
            yield from (f"{base}.{alias.name}" for alias in node.names)


def faults(source: str, module: str) -> list[str]:
    """Return what a module imports that it must not."""
    own = room(module)
    found = []
    for name in imports(source, module):
        top = name.partition(".")[0]
        if top in LIBRARIES and own not in LIBRARIES[top]:
            found.append(f"{module} imports {top}")
        other = room(name) if top == "fetcher" else ""
        if not other or other == own:
            continue
        if ROOMS.index(other) > ROOMS.index(own) or other not in APART.get(own, {*ROOMS}):
            found.append(f"{module} imports {name}")
    return found


def test_every_room_has_its_place() -> None:
    """A new room is given a place in the order before anything can import it."""
    present = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    present |= {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert present <= set(ROOMS)


def test_modules_import_only_upwards() -> None:
    """No import, inside functions neither, leads down, and libraries stay in their rooms."""
    wrong = [
        fault
        for path in MODULES
        if path != PACKAGE / "__init__.py"
        for fault in faults(path.read_text("utf-8"), dotted(path))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("module", "source", "wrong"),
    [
        ("fetcher.model", "from fetcher.failures import Failure", False),
        ("fetcher.model", "import fetcher.engine.run", True),
        ("fetcher.model", "def f():\n  from fetcher import engine", True),
        ("fetcher.pool.amap", "from ..engine import Run", True),
        ("fetcher.pool.amap", "from .pace import Pace", False),
        ("fetcher.pool.amap", "from fetcher.failures import Failure", True),
        ("fetcher.cli.app", "def f():\n  import aiohttp.web", True),
        ("fetcher.monitor.page", "from selectolax.lexbor import LexborHTMLParser", True),
        ("fetcher.transport.client", "import aiohttp", False),
        ("fetcher.settings", "from fetcher import __version__", False),
    ],
)
def test_what_the_order_forbids_is_found(module: str, source: str, wrong: bool) -> None:
    """The check itself sees imports in functions, relative ones, and names of the package."""
    assert bool(faults(source, module)) == wrong


@pytest.mark.parametrize("module", ["fetcher", "fetcher.cli.app", "fetcher.cli.main"])
def test_heavy_libraries_are_loaded_late(module: str) -> None:
    """Help and version must not wait for libraries that take half a second to import."""
    code = f"import {module}, sys; print([m for m in sys.argv[1:] if m in sys.modules])"
    heavy = ["aiohttp", "selectolax", "rich", "tenacity", "charset_normalizer", "sqlite3"]
    command = [sys.executable, "-c", code, *heavy]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_certificates_are_read_late() -> None:
    """A run over plain URLs does not wait for the library that reads certificates."""
    code = "import fetcher.transport.client, sys; print('cryptography' in sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
