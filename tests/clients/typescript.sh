# hey-api and orval generate clients in TypeScript from /v1/openapi.json. They compile strictly, and
# each reports an event, reads it, and reads a list in pages.
set -euo pipefail
mkdir typescript
cp "$(dirname "${BASH_SOURCE[0]}")"/generated/{*.ts,*.mjs,tsconfig.json} typescript
cd typescript
curl -fsS -o openapi.json "$DETENTE_HTTP/v1/openapi.json"
openapi-ts --input openapi.json --output hey --client @hey-api/client-fetch --silent
orval --config orval.config.mjs >log || {
    cat log
    exit 1
}
tsc
node out/hey_api.js
node out/orval.js
