# The form that reports an event.
