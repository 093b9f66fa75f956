"""The client that openapi-python-client generates reports an event, reads it, and finds it in the
pages of the list."""

import os

from client import AuthenticatedClient
from client.api.events import event, events
from client.api.relations import register
from client.api.reports import report
from client.models import (
    EventView,
    NewEvent,
    PageOfEntryView,
    PageOfEventView,
    RegisterName,
    Rejected,
    ReportOutcome,
)


def visit(kind: str) -> NewEvent:
    return NewEvent.from_dict(
        {
            "kind": kind,
            "actors": ["KGZ"],
            "recipients": ["UZB"],
            "occurred": "2024-06-01",
            "details": {"level": "minister"},
            "title": {"en": "A visit", "ar": "زيارة"},
            "report": {"publisher": "A wire agency", "language": "en", "grade": "B2"},
        }
    )


def main() -> None:
    # Where no tokens are in force, any is ignored.
    server = AuthenticatedClient(base_url=os.environ["DETENTE_HTTP"], token="none")

    for body in (visit("visit.made"), [visit("visit.made")]):
        outcome = report.sync(client=server, body=body)
        assert isinstance(outcome, ReportOutcome), outcome
        accepted = outcome.accepted[0]
        assert not accepted.repeat, outcome

    read = event.sync(accepted.id, client=server, min_position=accepted.position)
    assert isinstance(read, EventView), read
    assert (read.kind, read.title["ar"]) == ("visit.made", "زيارة"), read

    ids = []
    cursor: str | None = "start"
    while cursor is not None:
        page = events.sync(client=server, from_=cursor, limit=20, min_position=accepted.position)
        assert isinstance(page, PageOfEventView), page
        ids += [item.id for item in page.items]
        cursor = page.next_
    assert accepted.id in ids and len(ids) > 20, ids

    missions = register.sync("TJK", "AFG", RegisterName.MISSIONS, client=server)
    assert isinstance(missions, PageOfEntryView), missions
    assert any(entry.host == "TJK" and entry.open_ for entry in missions.items), missions

    refused = report.sync_detailed(client=server, body=visit("visit.maid"))
    assert refused.status_code == 422, refused
    assert isinstance(refused.parsed, Rejected), refused.parsed
    assert refused.parsed.refused[0].refusals[0].field == "kind", refused.parsed
    print(f"openapi-python-client: reported, read, and found among {len(ids)} events in pages")


if __name__ == "__main__":
    main()
