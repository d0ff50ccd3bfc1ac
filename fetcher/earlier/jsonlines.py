"""Earlier results as JSON lines."""

from fetcher.earlier.records import Record, RecordError, Records
from fetcher.earlier.texts import Blocks, batches
from fetcher.sources.jsonlines import Unparsable, parse


def json_records(blocks: Blocks) -> Records:
    """Read one JSON object a line; raises RecordError."""
    for batch in batches(blocks):
        if batch.problem:
            raise RecordError(batch.first, batch.problem)
        for number, line in enumerate(batch.lines, batch.first):
            if line and not line.isspace():
                yield Record(number, _object(number, line))


def _object(number: int, line: str) -> dict[str, object]:
    value = parse(line)
    if isinstance(value, Unparsable):
        raise RecordError(
            number, f"{value.problem}; expected one object a line; is the file cut off here?"
        )
    if not isinstance(value, dict):
        raise RecordError(number, "expected a JSON object with the columns as its keys")
    return value
