# The differences between two points of the two clocks.
