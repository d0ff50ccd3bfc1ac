"""The JSON-LD in a page."""

import pytest

from tests.extraction.fields.pages import found

TYPE = "type=application/ld+json"


@pytest.mark.parametrize(
    ("markup", "objects"),
    [
        (f'<script {TYPE}>{{"a": 1}}</script>', [{"a": 1}]),
        (f'<script {TYPE}> [{{"a": 1}}, {{"b": 2}}, 3] </script>', [{"a": 1}, {"b": 2}]),
        (f'<script {TYPE}>{{"@graph": [{{"a": 1}}]}}</script>', [{"@graph": [{"a": 1}]}]),
        (f'<script {TYPE}>{{</script><body><script {TYPE}>{{"b": 2}}</script>', [{"b": 2}]),
        ('<script type=" Application/LD+JSON; charset=utf-8">{"a": 1}</script>', [{"a": 1}]),
        (f'<script {TYPE}>{{"a": "&amp; <b>"}}</script>', [{"a": "&amp; <b>"}]),
        (f'<script {TYPE}>{{"a": "x\ny"}}</script>', [{"a": "x\ny"}]),
        (f"<script {TYPE}>1</script><script {TYPE}></script>", []),
        ('<script type=application/json>{"a": 1}</script>', []),
        (f'<svg><script {TYPE}>{{"a": 1}}</script></svg>', []),
        (f"<script {TYPE}>" + "[" * 100_000 + "</script>", []),
        ("", []),
    ],
)
def test_objects_are_found(markup: str, objects: list[object]) -> None:
    """Every whole block gives its objects; what is broken costs only itself."""
    assert found("json_ld", markup) == objects


def test_blocks_are_bounded_together() -> None:
    """A page of many megabytes of them does not become a multiple of that in memory."""
    block = f'<script {TYPE}>{{"a": "{"x" * 900_000}"}}</script>'
    objects = found("json_ld", block * 8)
    assert isinstance(objects, list)
    assert 0 < len(objects) < 8
