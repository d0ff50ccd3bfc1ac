"""Several fields of one page."""

from dataclasses import dataclass

from fetcher.extraction.fields.field import Field
from fetcher.extraction.fields.pageview import PageView
from fetcher.extraction.fields.values import FieldValue
from fetcher.model import RawPage


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a job, in the order of their columns.

    Picklable. ValueError when two have the same name.
    """

    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        names = self.names
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"more than one field is called {', '.join(map(repr, twice))}")

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in order."""
        return tuple(field.name for field in self.fields)

    def extract(self, page: RawPage) -> dict[str, FieldValue]:
        """Return the value of each field by name, in order.

        Pure: never raises, whatever the body holds, which is parsed once. A body that is no markup
        has nothing but its `hash`; all else is missing.
        """
        return self.extract_from(PageView(page))

    def extract_from(self, view: PageView) -> dict[str, FieldValue]:
        """Do as `extract` does, with a page that may be parsed already."""
        return {field.name: field.extract(view.parsed) for field in self.fields}
