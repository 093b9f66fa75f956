# The change feed through curl: cut at random bytes, resumed with Last-Event-ID, while reports come
# in. What is read in pieces must be the whole feed, each frame once, in order.
set -euo pipefail
cuts=40
reports=60

# One report: a border that closes and opens on later and later days.
report() {
    local deed=closed
    [ $(($1 % 2)) -eq 0 ] || deed=opened
    printf '{"kind":"border.%s","actors":["KGZ"],"recipients":["UZB"],"occurred":"2024-%02d-%02d",
        "details":{"crossing":"Crossing %d"},"title":{"en":"A crossing"},
        "report":{"publisher":"A wire agency","language":"en","grade":"B2"}}' \
        "$deed" $(($1 / 28 + 1)) $(($1 % 28 + 1)) $(($1 % 7))
}
for number in $(seq "$reports"); do
    report "$number" | curl -fsS -o answer --data-binary @- \
        -H 'content-type: application/json' "$DETENTE_HTTP/v1/events"
done &
reporter=$!

# The frames of a piece that ended with their blank line: kind and id. A cut one is no frame.
frames() {
    awk '/^event:/ { kind = substr($0, 7); sub(/^ /, "", kind) }
         /^id:/ { id = substr($0, 4); sub(/^ /, "", id) }
         /^\r?$/ { if (id != "") print (kind == "" ? "message" : kind), id; kind = ""; id = "" }'
}

# A piece: so many bytes at most, so many seconds at most, from where the one before ended.
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

# All that there is, in pages.
python3 - "$DETENTE_HTTP" >all <<'PY'
import json, sys, time, urllib.request

def page(path):
    with urllib.request.urlopen(sys.argv[1] + path) as answer:
        return json.load(answer)

# The feed has told of the last report when its relation's crossings stand as reported.
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    frames, cursor = [], "start"
    while items := (told := page(f"/v1/changes?limit=1000&from={cursor}"))["items"]:
        frames += [frame["cursor"] for frame in items]
        cursor = told["next"]
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
