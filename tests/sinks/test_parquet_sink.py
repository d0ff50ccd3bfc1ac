"""A Parquet file has the types of its columns, and does not depend on how it came to be."""

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.extraction.fields import FieldType
from fetcher.sinks.base import Row, TargetRows, Value
from fetcher.sinks.parquet_sink import ArrowEncoder, row_groups
from tests.sinks.making import COLUMNS, after, column, fill, opened

URL = "http://a.example/"
NAMES = [each.name for each in COLUMNS]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Write a row with every value, and one with none."""
    path = tmp_path / "out.parquet"
    full: Row = (URL, 200, 1.5, True, ["a", "é", None], {"k": [None, 1]})
    targets = [TargetRows(URL, (full, (URL, None, None, None, None, None)))]
    sink, progress = opened(path)
    sink.write(targets)
    sink.commit(after(progress, targets))
    sink.finish(complete=True)
    return path


def test_types_in_pyarrow(written: Path) -> None:
    """Each column has the type that was declared for it."""
    table = pq.read_table(written)
    assert {field.name: str(field.type) for field in table.schema} == {
        "url": "string",
        "status": "int64",
        "price": "double",
        "sold": "bool",
        "links": "list<element: string>",
        "extra": "extension<arrow.json>",
    }
    assert table.to_pylist() == [
        dict(zip(NAMES, (URL, 200, 1.5, True, ["a", "é", None], '{"k":[null,1]}'), strict=True)),
        dict.fromkeys(NAMES) | {"url": URL},
    ]


def test_types_in_duckdb(written: Path) -> None:
    """Another implementation sees the same."""
    with duckdb.connect() as database:
        table = database.execute("SELECT * FROM read_parquet(?)", [str(written)])
        assert [(name, str(kind)) for name, kind, *_ in table.description or ()] == [
            ("url", "VARCHAR"),
            ("status", "BIGINT"),
            ("price", "DOUBLE"),
            ("sold", "BOOLEAN"),
            ("links", "VARCHAR[]"),
            ("extra", "JSON"),
        ]
        assert table.fetchall() == [
            (URL, 200, 1.5, True, ["a", "é", None], '{"k":[null,1]}'),
            (URL, None, None, None, None, None),
        ]
        query = "SELECT extra -> 'k' ->> 1 FROM read_parquet(?)"
        assert database.execute(query, [str(written)]).fetchone() == ("1",)


@pytest.mark.parametrize(
    ("type", "many", "given", "kept"),
    [
        (FieldType.TEXT, False, "a\ud800\n\u202e\0", "a\\ud800\n\u202e\0"),
        (FieldType.TEXT, False, 5, "5"),
        (FieldType.TEXT, False, ["a"], '["a"]'),
        (FieldType.INT, False, 2**63 - 1, 2**63 - 1),
        (FieldType.INT, False, 2**63, None),
        (FieldType.INT, False, 2.0, 2),
        (FieldType.INT, False, 1.5, None),
        (FieldType.INT, False, True, 1),
        (FieldType.INT, False, "many", None),
        (FieldType.FLOAT, False, 2**60 + 1, float(2**60)),
        (FieldType.FLOAT, False, 10**400, None),
        (FieldType.FLOAT, False, {"a": 1}, None),
        (FieldType.BOOL, False, 1, None),
        (FieldType.JSON, False, "a", '"a"'),
        (FieldType.TEXT, True, "ab", ["ab"]),
        (FieldType.TEXT, True, [], []),
        (FieldType.INT, True, [1, None, 1.5, 2**70], [1, None, None, None]),
        (FieldType.FLOAT, True, [1, 2.5], [1.0, 2.5]),
        (FieldType.BOOL, True, [True, "x"], [True, None]),
        (FieldType.JSON, True, [{"a": 1}, "b"], ['{"a":1}', '"b"']),
    ],
)
def test_values_that_do_not_fit(type: FieldType, many: bool, given: Value, kept: Any) -> None:
    """A value becomes the one that says the same, or null; the values beside it stay."""
    encoder = ArrowEncoder([column("a", type, many=many)])
    data = encoder.head + encoder.encode([(None,), (given,), (None,)])
    (found,) = pa.ipc.open_stream(data).read_all().to_pydict().values()
    assert found == [None, kept, None]
    assert [builtin(value) for value in found] == [builtin(value) for value in (None, kept, None)]


def builtin(value: object) -> str:
    """The type of a value, which `==` does not see."""
    return type(value).__name__


SIZES = st.lists(st.integers(0, 12), max_size=30)


@given(sizes=SIZES, cuts=st.lists(st.integers(0, 30), max_size=5), most=st.integers(1, 8))
def test_groups_do_not_depend_on_batches(sizes: list[int], cuts: list[int], most: int) -> None:
    """The same rows make the same groups, and all of them; none is larger than it may be."""
    columns = (column("text"), column("list", many=True), column("json", FieldType.JSON, many=True))
    rows = [("x" * size, [*"y" * size, None], ["z"] * (size // 4)) for size in sizes]
    one = groups(columns, [rows], most)
    bounds = sorted({0, *(min(cut, len(rows)) for cut in cuts), len(rows)})
    parts = [rows[a:b] for a, b in pairwise(bounds)]
    assert groups(columns, parts, most) == one
    assert [row for group in one for row in group] == rows_back(rows)
    for group in one:
        weight = sum(len(text) + len(list) - 1 + 3 * len(json) for text, list, json in group)
        assert len(group) == 1 or (len(group) <= most and weight <= 20)


def rows_back(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows as they are read."""
    return [(text, list, [f'"{item}"' for item in json]) for text, list, json in rows]


def groups(columns: Any, parts: Sequence[Any], most: int) -> list[list[tuple[Any, ...]]]:
    """Cut the rows, which come in parts, into groups of up to 20 bytes."""
    encoder = ArrowEncoder(columns)
    data = encoder.head + b"".join(encoder.encode(part) for part in parts if part)
    cut = row_groups(pa.ipc.open_stream(data), most_rows=most, most_bytes=20)
    return [[tuple(row.values()) for row in table.to_pylist()] for table in cut]


def test_the_old_file_is_there_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """Who reads meanwhile reads the old one; then the new one."""
    path = tmp_path / "out.parquet"
    fill(path, 30)
    old = path.read_bytes()
    sink, _ = opened(path)
    assert path.read_bytes() == old
    sink.finish(complete=True)
    assert pq.read_table(path).num_rows == 0


def test_every_column_is_there(tmp_path: Path) -> None:
    """A column without a value in any row is there, with its type."""
    fill(tmp_path / "out.parquet", 0)
    assert pq.read_schema(tmp_path / "out.parquet").names == NAMES


def test_without_its_library(tmp_path: Path) -> None:
    """It is said what to install, before anything is made; other formats do not need it."""
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from tests.sinks.making import fill, opened\n"
        "from pathlib import Path\n"
        "fill(Path(sys.argv[1], 'out.csv'), 5)\n"
        "opened(Path(sys.argv[1], 'out.parquet'))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == (
        f"fetcher.sinks.formats.FormatError: writing {tmp_path / 'out.parquet'} needs pyarrow; "
        "install it with: pip install pyarrow"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.csv.journal"]


def test_the_same_bytes_however_they_came(tmp_path: Path) -> None:
    """A file of many pages is the same whether its rows came a few or many at a time."""
    rows = [hashlib.sha256(str(number).encode()).hexdigest() * 3 for number in range(20_000)]
    written = []
    for size in (37, 900):
        sink, progress = opened(tmp_path / "out.parquet", columns=[column("text")])
        for start in range(0, len(rows), size):
            targets = [TargetRows(text, ((text,),)) for text in rows[start : start + size]]
            sink.write(targets)
            progress = after(progress, targets)
            sink.commit(progress)
        sink.finish(complete=True)
        written.append((tmp_path / "out.parquet").read_bytes())
    assert written[0] == written[1]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that a symbolic link leads to is replaced, where it is; nothing is left beside."""
    real = tmp_path / "there" / "real.parquet"
    real.parent.mkdir()
    real.touch()
    (tmp_path / "out.parquet").symlink_to(real)
    fill(tmp_path / "out.parquet", 10)
    assert (tmp_path / "out.parquet").is_symlink()
    assert pq.read_table(real).num_rows == 9
    assert [each.name for each in real.parent.iterdir()] == ["real.parquet"]
