# Signing in by a token, and out.
