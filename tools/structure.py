"""Measure how the package is cut into files, and print the figures as a table.

    python tools/structure.py [CHECKOUT]

CHECKOUT is a folder with another state of this repository, such as one that `git worktree add`
made: so two states can be compared. `tests/test_house.py` holds the limits on these figures.

A *face* is an `__init__.py`. It only passes names on, so it is not counted among the files whose
length matters, and an import through it counts as one of the module behind it. Imports inside
functions count, those under `if TYPE_CHECKING:` do not.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median

PACKAGE = "fetcher"


@dataclass(frozen=True)
class Import:
    """One imported name, and the module that imports it."""

    importer: str
    name: str
    late: bool
    """True if the import stands in a function, and runs only when that is called."""


@dataclass(frozen=True)
class Module:
    """One source file."""

    name: str
    path: Path
    lines: int
    tree: ast.Module = field(repr=False)

    @property
    def is_face(self) -> bool:
        """True if it is the `__init__.py` of a package."""
        return self.path.name == "__init__.py"

    @property
    def basename(self) -> str:
        """Return the last part of its name."""
        return self.name.rpartition(".")[2]

    @property
    def folder(self) -> str:
        """Return the package that it lies in."""
        return self.name if self.is_face else self.name.rpartition(".")[0]

    @property
    def room(self) -> str:
        """Return the part of the package directly below the root: a folder or a file."""
        return self.name.split(".")[1] if "." in self.name else ""

    @cached_property
    def public_classes(self) -> list[str]:
        """Return the names of its public classes."""
        return [
            node.name
            for node in self.tree.body
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        ]

    @cached_property
    def imports(self) -> list[Import]:
        """Return what it imports at run time."""
        return [*_imports(self, self.tree.body, late=False)]


def _imports(module: Module, body: Sequence[ast.AST], *, late: bool) -> Iterator[Import]:
    for node in body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _imports(module, node.orelse, late=late)
        elif isinstance(node, ast.Import):
            yield from (Import(module.name, alias.name, late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            yield from (Import(module.name, f"{base}.{alias.name}", late) for alias in node.names)
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _imports(module, [*ast.iter_child_nodes(node)], late=late or inside)


def _base(module: Module, node: ast.ImportFrom) -> str:
    """Return the absolute name of what a `from` statement imports from."""
    if not node.level:
        return node.module or ""
    parts = module.folder.split(".")
    parts = parts[: len(parts) - node.level + 1]
    return ".".join([*parts, node.module] if node.module else parts)


class Structure:
    """The modules of a checkout and the imports between them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.modules = {module.name: module for module in _modules(root)}
        self.files = [module for module in self.modules.values() if not module.is_face]

    @cached_property
    def arrows(self) -> dict[tuple[str, str], bool]:
        """Return each pair of files where one imports the other; True if only ever late."""
        found: dict[tuple[str, str], bool] = {}
        for module in self.files:
            for each in module.imports:
                target = self.resolve(each.name)
                if target and target != module.name:
                    pair = (module.name, target)
                    found[pair] = found.get(pair, True) and each.late
        return found

    @cached_property
    def importers(self) -> dict[str, set[str]]:
        """Return the files that import each file; a face that exports it counts as one of them."""
        found = defaultdict(set)
        for importer, imported in self.arrows:
            found[imported].add(importer)
        for face, exports in self._exports.items():
            for name in exports.values():
                found[name].add(face)
        return found

    def resolve(self, name: str) -> str:
        """Return the file that an imported name comes from; "" if it is none of the package."""
        module = self.modules.get(name)
        if module is not None:
            return "" if module.is_face else name
        owner, _, attribute = name.rpartition(".")
        module = self.modules.get(owner)
        if module is None:
            return ""
        return owner if not module.is_face else self._exports[owner].get(attribute, "")

    @cached_property
    def _exports(self) -> dict[str, dict[str, str]]:
        """Return, for each face, the names that it passes on and the files they come from."""
        found: dict[str, dict[str, str]] = {}
        for face in self.modules.values():
            if face.is_face:
                nodes = [node for node in ast.walk(face.tree) if isinstance(node, ast.ImportFrom)]
                found[face.name] = {
                    alias.asname or alias.name: owner
                    for node in nodes
                    for alias in node.names
                    if (owner := _base(face, node)) in self.modules
                    and not self.modules[owner].is_face
                }
        return found

    @cached_property
    def single_importers(self) -> dict[str, str]:
        """Return each file that one file alone imports, a sibling in its folder, and that file."""
        found = {}
        for module in self.files:
            importers = self.importers[module.name]
            if len(importers) == 1:
                [importer] = importers
                if importer in self.modules and self.modules[importer].folder == module.folder:
                    found[module.name] = importer
        return {
            name: importer for name, importer in found.items() if not self.modules[importer].is_face
        }

    @cached_property
    def repeated_basenames(self) -> dict[str, list[str]]:
        """Return each basename that several files have; `base.py` apart, which a room may have."""
        return _repeated((m.basename, m.name) for m in self.files if m.basename != "base")

    @cached_property
    def repeated_classes(self) -> dict[str, list[str]]:
        """Return each public class name that several files define."""
        return _repeated((name, m.name) for m in self.files for name in m.public_classes)

    @cached_property
    def names_in_ing(self) -> list[str]:
        """Return the files named by what is done instead of by a thing."""
        return [module.name for module in self.files if module.basename.endswith("ing")]

    @cached_property
    def circles(self) -> list[list[str]]:
        """Return the groups of files that import each other, directly or through others."""
        graph = defaultdict(set)
        for importer, imported in self.arrows:
            graph[importer].add(imported)
        return [sorted(group) for group in _components(graph) if len(group) > 1]

    @cached_property
    def rooms(self) -> tuple[str, ...]:
        """Return the order of the rooms, from the top down, as the checkout's own test has it."""
        path = self.root / "tests" / "test_layers.py"
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ROOMS":
                return tuple(ast.literal_eval(node.value))
        raise ValueError(f"{path} has no ROOMS")

    @cached_property
    def arrows_up(self) -> list[tuple[str, str]]:
        """Return the imports that lead to a room below the importer's own."""
        place = {room: number for number, room in enumerate(self.rooms)}
        return [
            (importer, imported)
            for importer, imported in self.arrows
            if place[self.modules[importer].room] < place[self.modules[imported].room]
        ]

    def figures(self) -> dict[str, str]:
        """Return the table, a row a figure."""
        lines = [module.lines for module in self.files]
        whole = [module.lines for module in self.modules.values()]
        return {
            "files": f"{len(self.modules):,}",
            "lines": f"{sum(whole):,}",
            "lines of a file without package faces: median": f"{median(lines):g}",
            "lines of a file without package faces: maximum": f"{max(lines):,}",
            "files imported by one sibling only": f"{len(self.single_importers):,}",
            "basenames used more than once": f"{len(self.repeated_basenames):,}",
            "public class names used more than once": f"{len(self.repeated_classes):,}",
            "file names in -ing": f"{len(self.names_in_ing):,}",
            "imports between files": f"{len(self.arrows):,}",
            "imports against the order of the rooms": f"{len(self.arrows_up):,}",
            "import circles": f"{len(self.circles):,}",
        }


def _modules(root: Path) -> Iterator[Module]:
    for path in sorted((root / PACKAGE).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text("utf-8")
        yield Module(name, path, text.count("\n"), ast.parse(text))


def _repeated(pairs: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for name, place in pairs:
        found[name].append(place)
    return {name: places for name, places in found.items() if len(places) > 1}


def _components(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """Return the strongly connected components (Kosaraju's algorithm)."""
    backwards = defaultdict(set)
    for start, ends in graph.items():
        for end in ends:
            backwards[end].add(start)
    order: list[str] = []
    seen: set[str] = set()
    for start in graph:
        order += _reached(start, graph, seen)
    seen = set()
    return [{*_reached(start, backwards, seen)} for start in reversed(order) if start not in seen]


def _reached(start: str, graph: Mapping[str, set[str]], seen: set[str]) -> list[str]:
    """Return what can be reached and was not seen before, each after all that it leads to."""
    if start in seen:
        return []
    seen.add(start)
    found = []
    stack = [(start, iter(graph.get(start, ())))]
    while stack:
        node, ends = stack[-1]
        for end in ends:
            if end not in seen:
                seen.add(end)
                stack.append((end, iter(graph.get(end, ()))))
                break
        else:
            stack.pop()
            found.append(node)
    return found


def main(arguments: Sequence[str]) -> None:
    """Print the figures of a checkout."""
    root = Path(arguments[0]) if arguments else Path(__file__).parent.parent
    structure = Structure(root.resolve())
    figures = structure.figures()
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:<{width}}  {value:>7}")
    print()
    sizes = defaultdict(list)
    for module in structure.files:
        sizes[module.room if "." in module.folder else "(top)"].append(module.lines)
    for room, lines in sorted(sizes.items()):
        found = f"{len(lines):>3} files, median {median(lines):g}, maximum {max(lines)}"
        print(f"{room:<{width}}  {found}")


if __name__ == "__main__":
    main(sys.argv[1:])
