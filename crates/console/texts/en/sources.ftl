# The sources: who published what is in the log.
