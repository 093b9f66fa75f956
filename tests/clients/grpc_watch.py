"""A gRPC client with grpcio, which learns the messages by reflection.

Checks health, lists the services, reports an event, reads the relation, watches its change, checks
a refusal, and resumes after a cut. Needs DETENTE_GRPC (host:port) and DETENTE_HTTP, the address of
the same server over HTTP. Needs grpcio, grpcio-reflection, grpcio-health-checking and
grpcio-status.
"""

import json
import os
import sys
import urllib.request
import uuid

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.json_format import MessageToDict
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from grpc_status import rpc_status

TIMEOUT_SECONDS = 30


class Client:
    """Calls any method of the services that the server describes."""

    def __init__(self, address):
        self.channel = grpc.insecure_channel(address)
        self.described = ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = DescriptorPool(self.described)

    def call(self, service, method, **fields):
        name = f"detente.v1.{service}"
        descriptor = self.pool.FindServiceByName(name).FindMethodByName(method)
        asks, answers = GetMessageClass(descriptor.input_type), GetMessageClass(descriptor.output_type)
        kind = "stream" if descriptor.client_streaming else "unary"
        kind += "_stream" if descriptor.server_streaming else "_unary"
        call = getattr(self.channel, kind)(
            f"/{name}/{method}",
            request_serializer=asks.SerializeToString,
            response_deserializer=answers.FromString,
        )
        if descriptor.client_streaming:
            rows = [asks(**row) for row in fields["stream"]]
            return call(iter(rows), timeout=TIMEOUT_SECONDS)
        return call(asks(**fields), timeout=TIMEOUT_SECONDS)


def event(day, title):
    return {
        "id": str(uuid.uuid4()),
        "kind": "visit.made",
        "actors": ["KAZ"],
        "recipients": ["UZB"],
        "occurred": day,
        "title": {"en": title, "ar": "زيارة"},
        "report": {"publisher": "A wire agency", "language": "en", "grade": "A1"},
    }


def shown(name, message):
    value = MessageToDict(message, preserving_proto_field_name=True)
    print(f"{name}: {json.dumps(value, ensure_ascii=False)[:300]}")
    return value


def healthy(client):
    health = health_pb2_grpc.HealthStub(client.channel)
    for service in ["", "detente.v1.ReportService", "detente.v1.ChangeService"]:
        asked = health_pb2.HealthCheckRequest(service=service)
        # Waits until the server has started.
        for answer in health.Watch(asked, timeout=TIMEOUT_SECONDS):
            if answer.status == health_pb2.HealthCheckResponse.SERVING:
                break
    services = sorted(client.described.get_services())
    print("services:", ", ".join(services))
    assert "detente.v1.RelationService" in services, services


def reported(client):
    visit = event("2023-05-04", "A visit")
    first = client.call("ReportService", "Report", rows=[{"event": visit}])
    again = client.call("ReportService", "Report", rows=[{"event": visit}])
    shown("reported", first)
    assert again.accepted[0].repeat, again
    assert again.accepted[0].position == first.accepted[0].position, again
    return first.accepted[0]


def streamed(client):
    rows = [{"row": {"event": event(f"2023-06-{day:02}", "A visit")}} for day in range(1, 11)]
    rows[4]["row"]["event"]["actors"] = ["Atlantis"]
    answer = client.call("ReportService", "ReportStream", stream=rows)
    assert [row.row for row in answer.refused] == [5], answer
    assert answer.refused[0].refusals[0].code == "unknown_party", answer
    assert len(answer.accepted) == 9, answer
    print(f"streamed: {len(answer.accepted)} rows accepted, row 5 refused")
    return max(row.position for row in answer.accepted)


def read(client, position, http):
    clocks = {"at": "2023-06-30", "min_position": position, "known_at": str(position)}
    fields = {"from": "KAZ", "to": "UZB", "clocks": clocks}
    answer = client.call("RelationService", "GetRelation", **fields)
    relation = shown("relation", answer)["relation"]
    address = f"{http}/v1/relations/KAZ/UZB?at=2023-06-30&known_at={position}"
    with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as same:
        same = json.load(same)
    assert relation["political"]["level"] == "LEVEL_" + same["political"]["level"].upper(), same
    assert relation["political"]["index"] == same["political"]["index"], same
    assert relation["political"]["evidence"] == same["political"]["evidence"], same


def watched(client):
    wanted = {"pair": ["KAZ-UZB"], "filter": "change.dimension == 'political'"}
    fields = {"from": "start", "wanted": wanted}

    def frames(fields, count):
        seen = []
        stream = client.call("ChangeService", "Watch", **fields)
        for message in stream:
            if message.WhichOneof("event") == "frame":
                seen.append(message.frame)
            if len(seen) == count:
                stream.cancel()
                return seen

    [first] = frames(fields, 1)
    shown("change", first)
    listed = client.call("ChangeService", "ListChanges", **fields).items
    assert listed[0] == first, listed
    rest = frames({**fields, "from": first.cursor}, len(listed) - 1) if listed[1:] else []
    assert [first, *rest] == list(listed), "neither gap nor repeat"


def refused(client):
    try:
        client.call("RelationService", "GetCountry", country="Tajikstan")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT, error
        status = rpc_status.from_call(error)
        info = error_details_pb2.ErrorInfo()
        assert any(detail.Unpack(info) for detail in status.details), status
        assert (info.reason, info.domain) == ("unknown_party", "detente"), info
        print(f"refused: {error.code().name} {info.reason}: {error.details()}")
        return
    raise AssertionError("an unknown country was accepted")


def main():
    address = os.environ["DETENTE_GRPC"].removeprefix("http://")
    client = Client(address)
    healthy(client)
    accepted = reported(client)
    position = max(accepted.position, streamed(client))
    read(client, position, os.environ["DETENTE_HTTP"])
    watched(client)
    refused(client)
    print("ok")


if __name__ == "__main__":
    sys.exit(main())
