# In headless Chromium: a page of another origin can neither read from the server nor write to it; the
# console is walked through, and each of its pages is accessible.
set -euo pipefail
cp "$(dirname "${BASH_SOURCE[0]}")"/browser/* .
npm ci --silent --no-audit --no-fund
for chromium in chromium chromium-browser google-chrome; do
    CHROMIUM="$(command -v "$chromium")" && break
done
[ -n "$CHROMIUM" ] || {
    echo "chromium is missing: install it" >&2
    exit 1
}
export CHROMIUM
node origin.mjs
node walk.mjs
node numbers.mjs
node accessible.mjs
