# The page of a country: both directions of its relations, and who governs it.
