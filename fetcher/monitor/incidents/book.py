"""The incidents that last."""

from collections.abc import Callable, Iterable

from fetcher.monitor.incident import Incident
from fetcher.monitor.incidents.changed import Changed
from fetcher.monitor.incidents.draft import Draft
from fetcher.monitor.incidents.joining import fits
from fetcher.monitor.incidents.opening import opened


class Book:
    """Turns changes of targets into incidents; holds those that last, and no others.

    open_incidents: those that lasted when the monitor was last stopped. new_id: gives an incident's
    id, from the time in seconds since the epoch; `Identifiers` is one.

    - A target that is down belongs to exactly one incident, and so does a degraded one, if its
      policy wants people to know. It joins the oldest that has a cause in common with it and that
      it fits (`joining.fits`), or else opens one.
    - An incident is over when all of its targets are well, and is then never opened again.
    - It is as grave as the worst that it has seen. When one that people know as degraded goes down,
      they are told once more, by a reminder; there is no second DOWN.
    """

    def __init__(
        self, open_incidents: Iterable[Incident] = (), *, new_id: Callable[[float], str]
    ) -> None:
        self._new_id = new_id
        self._open: dict[str, Draft] = {}
        self._by_cause: dict[str, dict[str, Draft]] = {}
        self._of_target: dict[str, Draft] = {}
        for incident in sorted(open_incidents, key=lambda incident: incident.id):
            self.put(incident)

    @property
    def open(self) -> list[Incident]:
        """The incidents that last, in the order of their opening."""
        return [draft.value for draft in self._open.values()]

    def get(self, incident: str) -> Incident | None:
        """Give the incident of this id, None when there is none that lasts."""
        draft = self._open.get(incident)
        return None if draft is None else draft.value

    def of_target(self, key: str) -> Incident | None:
        """Give the incident that a target is ill in, None when it is in none."""
        draft = self._of_target.get(key)
        return None if draft is None else draft.value

    def apply(self, changes: Iterable[Changed], now: float) -> list[Incident]:
        """Take in how targets are; give every incident that is new or has changed.

        A change says how a target is, whatever it was before: the same one again changes nothing.
        """
        touched: dict[str, Draft] = {}
        for changed in changes:
            draft = self._take(changed, now)
            if draft is not None and draft.touched:
                touched[draft.value.id] = draft
        return [draft.settle() for draft in touched.values()]

    def forget(self, keys: Iterable[str], now: float) -> list[Incident]:
        """Let go of targets that are watched no more; give every incident that has changed."""
        touched: dict[str, Draft] = {}
        for key in keys:
            draft = self._of_target.pop(key, None)
            if draft is not None:
                draft.forget(key, now)
                self._close_if_well(draft)
                touched[draft.value.id] = draft
        return [draft.settle() for draft in touched.values()]

    def put(self, incident: Incident) -> None:
        """Take an incident as it is now: planned, acknowledged, or about the monitor itself.

        It takes the place of the one with the same id; one that is closed is dropped.
        """
        known = self._open.get(incident.id)
        if known is not None and incident.open and incident.members is known.value.members:
            known.value = incident
            return
        if known is not None:
            self._drop(known)
        if incident.open:
            self._add(Draft.of(incident))

    def _take(self, changed: Changed, now: float) -> Draft | None:
        """Note one change; give the incident that it concerns."""
        key = changed.watched.key
        draft = self._of_target.get(key)
        if draft is None:
            return self._admit(changed, now) if changed.ill and not changed.quiet else None
        if changed.ill:
            draft.update(changed)
            self._index(draft, changed)
        else:
            del self._of_target[key]
            draft.end(key, changed.change.at)
            self._close_if_well(draft)
        return draft

    def _admit(self, changed: Changed, now: float) -> Draft:
        """Find or open the incident of a target that was well."""
        draft = self._fitting(changed, now)
        if draft is None:
            draft = Draft.of(opened(self._new_id(now), changed))
            self._open[draft.value.id] = draft
        draft.join(changed)
        self._of_target[changed.watched.key] = draft
        self._index(draft, changed)
        return draft

    def _fitting(self, changed: Changed, now: float) -> Draft | None:
        found = {
            incident: draft
            for key in changed.causes.keys
            for incident, draft in self._by_cause.get(key, {}).items()
            if fits(draft.value, changed, now)
        }
        return found[min(found)] if found else None

    def _index(self, draft: Draft, changed: Changed) -> None:
        """Let others find an incident by the causes that a change has added to it."""
        for cause in changed.causes.keys & draft.causes:
            self._by_cause.setdefault(cause, {})[draft.value.id] = draft

    def _close_if_well(self, draft: Draft) -> None:
        """Let nobody join an incident any more that is over."""
        if not draft.ill:
            self._drop(draft)

    def _add(self, draft: Draft) -> None:
        self._open[draft.value.id] = draft
        for cause in draft.causes:
            self._by_cause.setdefault(cause, {})[draft.value.id] = draft
        for member in draft.value.ill:
            self._of_target[member.key] = draft

    def _drop(self, draft: Draft) -> None:
        del self._open[draft.value.id]
        for cause in draft.causes:
            named = self._by_cause.get(cause, {})
            named.pop(draft.value.id, None)
            if not named:
                self._by_cause.pop(cause, None)
        for key, member in draft.members.items():
            if member.ended is None:
                self._of_target.pop(key, None)
