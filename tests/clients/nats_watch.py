"""nats-py finds the service, reports through it, and watches the bucket and the changes."""

import asyncio
import json
import os
import uuid

import nats
from nats.micro.service import ServiceInfo, ServicePing, ServiceStats

URL = os.environ["DETENTE_NATS"]
SUBJECT = "detente.report"
TIMEOUT = 30


def event(number, **changed):
    return {
        "id": str(uuid.uuid4()),
        "kind": "clash.occurred",
        "actors": ["KGZ", "UZB"],
        "occurred": f"2024-06-{number:02}",
        "title": {"en": f"Clash {number}", "ar": f"اشتباك {number}"},
        "report": {"publisher": "A wire agency", "language": "en", "grade": "B2"},
    } | changed


async def report(client, body, headers=None):
    """Returns the error code, or nothing, and the answer."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = await client.request(SUBJECT, payload, timeout=TIMEOUT, headers=headers)
    code = (reply.headers or {}).get("Nats-Service-Error-Code")
    return code, json.loads(reply.data)


async def discover(client):
    async def ask(subject, form):
        reply = await client.request(subject, b"", timeout=TIMEOUT)
        return form.from_dict(json.loads(reply.data))

    ping = await ask("$SRV.PING", ServicePing)
    assert ping.name == "detente", ping
    info = await ask(f"$SRV.INFO.detente.{ping.id}", ServiceInfo)
    assert [endpoint.subject for endpoint in info.endpoints] == [SUBJECT], info
    stats = await ask("$SRV.STATS.detente", ServiceStats)
    assert stats.version == ping.version == info.version, stats
    return stats.endpoints[0]


async def main():
    client = await nats.connect(URL)
    before = await discover(client)

    bucket = await client.jetstream().key_value("relations")
    views = await bucket.watch("KGZ.UZB", ignore_deletes=True)
    # The current view, or a marker that there is none, comes before updates.
    while await asyncio.wait_for(views.updates(timeout=TIMEOUT), TIMEOUT):
        pass
    changes = await client.subscribe("detente.changes.*.KGZ.UZB")
    await client.flush()

    first = event(1)
    code, answer = await report(client, first)
    assert code is None, answer
    accepted = answer["accepted"][0]
    assert accepted["id"] == first["id"] and accepted["repeat"] is False, answer
    code, again = await report(client, first)
    assert again["accepted"][0] == accepted | {"repeat": True}, again

    change = await changes.next_msg(timeout=TIMEOUT)
    frame = json.loads(change.data)
    assert change.headers["Detente-Position"] == str(accepted["position"]), change.headers
    assert frame["position"] == accepted["position"], frame
    assert frame["changes"][0]["causes"] == [first["id"]], frame["changes"]
    view = await views.updates(timeout=TIMEOUT)
    latest = json.loads(view.value)
    assert (view.key, latest["relation"]) == ("KGZ.UZB", "KGZ-UZB"), view
    assert latest["position"] == accepted["position"], latest
    assert [conduct["from"] for conduct in latest["conducts"]] == ["KGZ", "UZB"], latest
    assert (await bucket.get("KGZ.UZB")).value == view.value

    # A bad line is refused, and the others are stored.
    lines = [event(2), event(3, actors=["Atlantis"]), event(4)]
    lines = "\n".join(json.dumps(line) for line in lines).encode()
    code, mixed = await report(client, lines, {"content-type": "application/x-ndjson"})
    assert code is None, mixed
    assert [row["row"] for row in mixed["accepted"]] == [1, 3], mixed
    assert mixed["refused"][0]["refusals"][0]["code"] == "unknown_party", mixed
    code, problem = await report(client, event(5, kind="clash.forgotten"))
    assert (code, problem["code"]) == ("422", "unknown_kind"), problem
    code, problem = await report(client, first | {"occurred": "2024-06-30"})
    assert (code, problem["code"]) == ("409", "id_conflict"), problem

    after = await discover(client)
    assert after.num_requests == before.num_requests + 5, after
    assert after.num_errors == before.num_errors + 2, after
    await client.close()
    print("found the service, reported through it, and read the view and its changes")


if __name__ == "__main__":
    asyncio.run(main())
