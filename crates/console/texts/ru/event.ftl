# The page of an event: what is reported of it, and the forms that amend it.
