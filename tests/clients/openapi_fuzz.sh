# Schemathesis sends requests that /v1/openapi.json allows and others, alone and in chains along the
# links: no answer may be a 5xx, or have a status, a media type, a header or a body that is not
# described.
set -euo pipefail
# The other media types of a body, and the events of a stream, are described apart, for generators of
# clients.
curl -fsS "$DETENTE_HTTP/v1/openapi.json" | python3 -c '
import json, sys

def merge(value):
    children = value.values() if isinstance(value, dict) else value
    for child in children if isinstance(value, (dict, list)) else ():
        merge(child)
    if isinstance(value, dict) and "x-other-content" in value:
        value["content"] |= value.pop("x-other-content")
    if isinstance(value, dict) and "x-event" in value.get("schema", ()):
        value["schema"] = value["schema"]["x-event"]
    return value

json.dump(merge(json.load(sys.stdin)), sys.stdout)
' >described.json
# Cursors of the feed of this server: its end, without the sequence, is their beginning.
end="$(curl -fsS "$DETENTE_HTTP/readyz" | python3 -c 'import json, sys; print(json.load(sys.stdin)["cursor"])')"
sed "s/FEED/${end%-*}/g" "$(dirname "${BASH_SOURCE[0]}")/schemathesis.toml" >schemathesis.toml
schemathesis --config-file schemathesis.toml \
    run described.json --url "$DETENTE_HTTP" "$@"
