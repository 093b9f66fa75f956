# Schemathesis sends requests that /v1/openapi.json allows and others: no answer may be a 5xx, or
# have a status, a media type, a header or a body that is not described.
set -euo pipefail
schemathesis --config-file "$(dirname "${BASH_SOURCE[0]}")/schemathesis.toml" \
    run "$DETENTE_HTTP/v1/openapi.json"
