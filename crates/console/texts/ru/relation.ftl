# The page of a relation: both conducts, their timelines, registers and evidence.
