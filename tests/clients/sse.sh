# Reads the change feed with curl while reports come in: connections are cut at random bytes and
# resumed with Last-Event-ID. The pieces must be the whole feed, each frame once, in order.
set -euo pipefail
cuts=40
reports=60

# Prints a report: a border that closes or opens, on ever later days.
report() {
    local change=closed
    [ $(($1 % 2)) -eq 0 ] || change=opened
    printf '{"kind":"border.%s","actors":["KGZ"],"recipients":["UZB"],"occurred":"2024-%02d-%02d",
        "details":{"crossing":"Crossing %d"},"title":{"en":"A crossing"},
        "report":{"publisher":"A wire agency","language":"en","grade":"B2"}}' \
        "$change" $(($1 / 28 + 1)) $(($1 % 28 + 1)) $(($1 % 7))
}
for number in $(seq "$reports"); do
    report "$number" | curl -fsS -o answer --data-binary @- \
        -H 'content-type: application/json' "$DETENTE_HTTP/v1/events"
done &
reporter=$!

# Prints kind and id of each complete frame of a piece, which ends with a blank line.
frames() {
    awk '/^event:/ { kind = substr($0, 7); sub(/^ /, "", kind) }
         /^id:/ { id = substr($0, 4); sub(/^ /, "", id) }
         /^\r?$/ { if (id != "") print (kind == "" ? "message" : kind), id; kind = ""; id = "" }'
}

# Reads a piece, limited in bytes and seconds, from the end of the piece before.
last=""
: >seen
piece() {
    local resume=()
    [ -z "$last" ] || resume=(-H "Last-Event-ID: $last")
    { curl -sN --max-time "$2" "${resume[@]}" -H 'accept: text/event-stream' \
        "$DETENTE_HTTP/v1/changes?from=start" || true; } | head -c "$1" | frames >piece
    [ ! -s piece ] || last="$(tail -n 1 piece | cut -d' ' -f2)"
    awk '$1 == "changes" { print $2 }' piece >>seen
}
for _ in $(seq "$cuts"); do
    piece $((RANDOM % 6000 + 200)) 1
done
wait "$reporter"

# Reads the whole feed, in pages.
python3 - "$DETENTE_HTTP" >all <<'PY'
import json, sys, time, urllib.request

def page(path):
    with urllib.request.urlopen(sys.argv[1] + path) as response:
        return json.load(response)

# Waits until the feed has the changes of the last report.
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    frames, cursor = [], "start"
    while items := (answer := page(f"/v1/changes?limit=1000&from={cursor}"))["items"]:
        frames += [frame["cursor"] for frame in items]
        cursor = answer["next"]
    head = page("/v1/relations/KGZ/UZB")["known_at"]
    with urllib.request.urlopen(sys.argv[1] + "/readyz") as ready:
        settled = ready.status == 200
    if settled and head == page("/v1/relations/KGZ/UZB")["known_at"]:
        break
print("\n".join(frames))
PY
for _ in $(seq 100); do
    [ "$(wc -l <seen)" -lt "$(wc -l <all)" ] || break
    piece 1000000 2
done
diff all seen >difference || {
    head difference
    echo "the pieces are not the feed"
    exit 1
}
[ "$(wc -l <seen)" -gt "$reports" ]
echo "$(wc -l <seen) frames in more than $cuts pieces: each once, in order"
