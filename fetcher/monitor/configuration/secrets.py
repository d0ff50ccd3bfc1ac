"""Values that stand elsewhere: `env:NAME` in the environment, `file:PATH` in a file."""

from collections.abc import Mapping
from pathlib import Path

from fetcher.monitor.configuration.mistakes import Mistakes

_LARGEST = 64 * 1024
_ELSEWHERE = ("env:", "file:")


class Secrets:
    """Puts secrets in the place of their names; no message shows them from then on.

    folder: what paths are relative to. files: those that were read.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path, mistakes: Mistakes) -> None:
        self.files: list[Path] = []
        self._environment = environment
        self._folder = folder
        self._mistakes = mistakes

    def fill_in(self, value: object, where: str) -> object:
        """Give a value of TOML with all secrets in it; one that is missing is a mistake."""
        if isinstance(value, dict):
            return {key: self.fill_in(part, f"{where}.{key}") for key, part in value.items()}
        if isinstance(value, list):
            return [self.fill_in(part, where) for part in value]
        if not isinstance(value, str):
            return value
        if not value.startswith(_ELSEWHERE):
            return value
        kind, _, name = value.partition(":")
        try:
            secret = self._variable(name) if kind == "env" else self._content(name)
        except ValueError as error:
            self._mistakes.add(f"{where}: {error}")
            return value
        self._mistakes.hidden.setdefault(secret, value)
        return secret

    def hide(self, written: object) -> None:
        """Let no message show a secret that is written down where only its name should be."""
        if isinstance(written, str | int) and not isinstance(written, bool):
            text = str(written)
            if text and not text.startswith(_ELSEWHERE):
                self._mistakes.hidden.setdefault(text, "(not shown)")

    def _variable(self, name: str) -> str:
        value = self._environment.get(name)
        if value is None:
            raise ValueError(f"the environment has no variable {name!r}")
        if not value:
            raise ValueError(f"the variable {name} is empty")
        return value

    def _content(self, name: str) -> str:
        path = self._folder / name
        self.files.append(path)
        try:
            with path.open("rb") as file:
                data = file.read(_LARGEST + 1)
            if len(data) > _LARGEST:
                raise ValueError(f"{path} is too long for a secret")
            text = data.decode().removesuffix("\n").removesuffix("\r")
        except OSError as error:
            raise ValueError(f"cannot read {path}: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise ValueError(f"{path} is not UTF-8 text") from None
        if not text:
            raise ValueError(f"{path} is empty")
        return text
