# openapi-python-client generates a client from /v1/openapi.json, without a warning. All of it passes
# mypy strictly; it reports an event, reads it, and reads a list in pages.
set -euo pipefail
generated="$(dirname "${BASH_SOURCE[0]}")/generated"
mkdir python
cp "$generated/openapi_python.py" python
cd python
curl -fsS -o openapi.json "$DETENTE_HTTP/v1/openapi.json"
openapi-python-client generate --path openapi.json --config "$generated/openapi_python.yaml" \
    --meta none --output-path client --fail-on-warning
mypy --strict openapi_python.py client
python3 openapi_python.py
