"""The check at the end of every drill: each confirmed write is stored once, unchanged and in order."""

from dataclasses import dataclass

from workbench.lab.api import Answer, Connection, Unanswered
from workbench.lab.ledger import Acknowledged, Ledger

PAGE = 2000
OK = 200


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One object as the API lists it at the end.

    Drill objects never change, so `revision` is that of their creation.
    """

    name: str
    value: str
    uid: str
    revision: int


@dataclass(frozen=True, kw_only=True)
class Account:
    """Names of confirmed writes that are `missing`, hold a `wrong` value, were lost and recreated (`replaced`: another
    uid or revision than confirmed), were confirmed twice or stored twice (`duplicates`), or are `disordered`: stored
    with an older revision than a write that was confirmed before they were sent. `unconfirmed` were stored without
    a confirmation, which is allowed.
    """

    acknowledged: int
    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    replaced: tuple[str, ...]
    duplicates: tuple[str, ...]
    disordered: tuple[str, ...]
    unconfirmed: tuple[str, ...]

    @property
    def balanced(self) -> bool:
        """Whether no confirmed write is lost, changed, repeated or out of order."""
        return not (self.missing or self.wrong or self.replaced or self.duplicates or self.disordered)

    def __str__(self) -> str:
        broken = {
            name: getattr(self, name)
            for name in ("missing", "wrong", "replaced", "duplicates", "disordered")
            if getattr(self, name)
        }
        found = "; ".join(f"{len(names)} {kind}: {', '.join(names[:5])}" for kind, names in broken.items())
        return f"{self.acknowledged} confirmed writes: {found or 'all present, unchanged and in order'}"


def stored(connection: Connection, objects: str, *, deadline: float = 30.0) -> tuple[Stored, ...]:
    """Every object under the path, page by page, all at the same revision. Raises `Unanswered`."""
    found: list[Stored] = []
    more = ""
    while True:
        page = connection.get(f"{objects}?limit={PAGE}{more and '&continue=' + more}", deadline=deadline)
        if page.status != OK:
            raise Unanswered(f"list: HTTP {page.status}: {page.text('message')}")
        found += [_stored(item) for item in page.items()]
        more = page.text("metadata", "continue")
        if not more:
            return tuple(found)


def account(ledger: Ledger, found: tuple[Stored, ...], *, rewritten: bool = False) -> Account:
    """Compare confirmed writes with stored objects. Objects whose names were never written are ignored.

    `rewritten`: every object may have been rewritten unchanged, so only names, values and uids are compared.
    """
    confirmed = ledger.acknowledged
    by_name = {one.name: one for one in found}
    present = [(write, by_name[write.name]) for write in confirmed if write.name in by_name]
    written = {entry.name for entry in ledger.entries}
    return Account(
        acknowledged=len(confirmed),
        missing=tuple(write.name for write in confirmed if write.name not in by_name),
        wrong=tuple(write.name for write, one in present if one.value != write.value),
        replaced=tuple(write.name for write, one in present if _another(write, one, rewritten=rewritten)),
        duplicates=(
            *_repeated([write.name for write in confirmed]),
            *_repeated([one.name for one in found if one.name in written]),
        ),
        disordered=() if rewritten else _disordered(present),
        unconfirmed=tuple(sorted((written & set(by_name)) - {write.name for write in confirmed})),
    )


def _another(write: Acknowledged, one: Stored, *, rewritten: bool) -> bool:
    if write.revision is None:
        return False
    return write.uid != one.uid or (not rewritten and write.revision != one.revision)


def _disordered(present: list[tuple[Acknowledged, Stored]]) -> tuple[str, ...]:
    # Real-time order: a write that was sent after another's confirmation must have the newer revision, from any writer.
    confirmed = sorted(present, key=lambda pair: pair[0].at)
    found = []
    newest, before = 0, 0
    for write, one in sorted(present, key=lambda pair: pair[0].sent):
        while before < len(confirmed) and confirmed[before][0].at <= write.sent:
            newest = max(newest, confirmed[before][1].revision)
            before += 1
        if one.revision <= newest:
            found.append(write.name)
    return tuple(found)


def _repeated(names: list[str]) -> tuple[str, ...]:
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for name in names:
        if name in seen:
            twice[name] = None
        seen.add(name)
    return tuple(twice)


def _stored(item: Answer) -> Stored:
    return Stored(
        name=item.text("metadata", "name"),
        value=item.text("data", "value"),
        uid=item.text("metadata", "uid"),
        revision=int(item.text("metadata", "resourceVersion")),
    )
