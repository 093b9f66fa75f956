# The changes as they happen.
