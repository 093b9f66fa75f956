# The reasons for a level: its rule, its band, and the evidence that supports, opposes or did not count.
