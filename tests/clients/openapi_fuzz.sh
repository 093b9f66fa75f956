# Schemathesis asks what /v1/openapi.json allows, and what it does not: nothing may answer with 5xx,
# nor with a status, a media type, a header or a body that is not described.
set -euo pipefail
schemathesis --config-file "$(dirname "${BASH_SOURCE[0]}")/schemathesis.toml" \
    run "$DETENTE_HTTP/v1/openapi.json"
