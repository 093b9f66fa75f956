"""The CloudEvents SDK posts events in structured, batch and binary mode; they are read back."""

import json
import os
import urllib.error
import urllib.request
import uuid

from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

HTTP = os.environ["DETENTE_HTTP"]
SOURCE = "/clients/" + uuid.uuid4().hex


def ask(path, headers=None, body=None):
    """Returns status, headers and body of an answer."""
    request = urllib.request.Request(HTTP + path, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def post(headers, body):
    status, _, answer = ask("/v1/events", headers, body)
    return status, json.loads(answer)


def event(number, **changed):
    data = {
        "kind": "visit.made",
        "actors": ["KGZ"],
        "recipients": ["UZB"],
        "occurred": f"2024-05-{number:02}",
        "title": {"en": f"Visit {number}", "ar": f"زيارة {number}"},
        "report": {"publisher": "A wire agency", "language": "en", "grade": "B2"},
    }
    attributes = {
        "id": f"visit-{number}",
        "source": SOURCE,
        "type": "org.example.report",
        "datacontenttype": "application/json",
        "subject": "زيارة",
    }
    return CloudEvent(attributes=attributes, data=data | changed)


def accepted(answer, row=0):
    """Returns an accepted row, and its event as it reads back."""
    accepted_row = answer["accepted"][row]
    path = f"/v1/events/{accepted_row['id']}?min_position={accepted_row['position']}"
    status, _, body = ask(path)
    assert status == 200, body
    return accepted_row, json.loads(body)


def main():
    structured = to_structured_event(event(1))
    status, answer = post(structured.headers, structured.body)
    assert status == 201, answer
    first, read = accepted(answer)
    assert read["title"] == {"en": "Visit 1", "ar": "زيارة 1"}, read
    assert read["occurred"] == "2024-05-01", read

    binary = to_binary_event(event(2))
    status, answer = post(binary.headers, binary.body)
    assert status == 201, answer
    second, read = accepted(answer)
    assert read["occurred"] == "2024-05-02", read

    # The same events again, with a new one: the ids of the envelopes identify repeats.
    write = JSONFormat().write
    batch = b"[" + b",".join(write(event(number)) for number in (1, 2, 3)) + b"]"
    media_type = {"content-type": "application/cloudevents-batch+json"}
    status, answer = post(media_type, batch)
    assert status == 201, answer
    rows = answer["accepted"]
    assert [row["repeat"] for row in rows] == [True, True, False], rows
    assert [row["id"] for row in rows[:2]] == [first["id"], second["id"]], rows
    assert accepted(answer, 2)[1]["occurred"] == "2024-05-03"

    # Bad events are refused in each mode.
    bad = event(4, actors=["Atlantis"])
    for message in (to_structured_event(bad), to_binary_event(bad)):
        status, answer = post(message.headers, message.body)
        assert (status, answer["code"]) == (422, "unknown_party"), answer

    print("posted in structured, binary and batch mode, and read back")


if __name__ == "__main__":
    main()
