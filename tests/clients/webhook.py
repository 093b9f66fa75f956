#!/usr/bin/env python3
"""Receives webhooks, and verifies them with the Standard Webhooks library.

Needs the package `standardwebhooks`, and DETENTE_HTTP, the address of a server that was started
with --webhooks-allow-private; DETENTE_TOKEN, an admin's token, where tokens are in force.
"""

import http.server
import json
import os
import queue
import threading
import urllib.request

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

HTTP = os.environ["DETENTE_HTTP"].rstrip("/")
TOKEN = os.environ.get("DETENTE_TOKEN")
TIMEOUT = 30


def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    if TOKEN:
        headers["authorization"] = f"Bearer {TOKEN}"
    request = urllib.request.Request(HTTP + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        return json.loads(answer.read() or "null")


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    requests = queue.Queue()
    refuse = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        # Refuses the first, so that it is sent again.
        status, Receiver.refuse = (500 if Receiver.refuse else 204), False
        Receiver.requests.put((dict(self.headers), body))
        self.send_response(status)
        if status == 500:
            self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    feed = ask("GET", "/v1/changes?from=start&limit=1000&pair=AFG-TJK,AFG-UZB")["items"]
    made = ask("POST", "/v1/webhooks", {"url": url, "from": "start", "pair": ["AFG-TJK", "AFG-UZB"]})
    try:
        library = Webhook(made["secret"])
        other_secret = Webhook("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
        seen, again = {}, 0
        while len(seen) < len(feed) or again == 0:
            headers, body = Receiver.requests.get(timeout=TIMEOUT)
            event = library.verify(body, headers)
            try:
                other_secret.verify(body, headers)
                raise AssertionError("another secret verifies it too")
            except WebhookVerificationError:
                pass
            try:
                library.verify(body + b" ", headers)
                raise AssertionError("another body verifies too")
            except WebhookVerificationError:
                pass
            id = {name.lower(): value for name, value in headers.items()}["webhook-id"]
            again += id in seen
            seen[id] = event
        frames = sorted((event["data"]["cursor"] for event in seen.values()))
        assert frames == sorted(frame["cursor"] for frame in feed), "not the changes of the feed"
        assert again == 1, f"{again} deliveries came again"
    finally:
        ask("DELETE", f"/v1/webhooks/{made['id']}")
    print(f"webhook.py: {len(seen)} deliveries verified, one of them twice under one id")


if __name__ == "__main__":
    main()
