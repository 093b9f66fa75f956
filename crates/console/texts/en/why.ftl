# The page of reasons.
why-timeline = Timeline
why-svg = Reasons as SVG
why-rule = Rule
why-rulebook = Rulebook (projection)
why-formula = Formula
why-numbers = Numbers
why-people = Of which reported by people
why-machines = Machine-coded, before the cap
why-factors-of = Factors
why-factors = disputed × { $disputed }; per change of authority × { $carried }; machine-coded at most { $machine }
why-band = Limits
why-no-band = Nothing that stands limits the level.
why-floor-breaks = The floor holds below a strain of
why-index = Index within the limits
why-bounds = Levels and their bounds
why-before = Level of the day before, without limits
why-kept = Stays although the index has left it
why-weakest = Weakest grade that counts
why-authority = Governing authority
why-by-event = the event that shows it
why-declared = Latest declaration
why-security = Security allows at most
why-trend = { $trend }: the evidence of the last { $days } days comes to { $balance }; { $step } makes a trend
why-parts = Pooled dimensions
why-weight = Weight
why-above-all = Above all
why-event = event
why-for = Sets or supports the level
why-beside = Considered beside it
why-for-warmth = Supporting: warmth
why-against-strain = Opposing: strain
why-for-strain = Supporting: strain
why-against-warmth = Opposing: warmth
why-none = No evidence.
why-uncounted = Not counted
why-as = as { $role }
why-stands-for = stands for: { $level }
why-stands-for-nothing = stands for no level
why-sets = sets the level
why-because = not counted: { $reason }
why-by = because of this event
why-details = Dates and publications
why-occurred = Occurred
why-published = Published
why-recorded = Recorded
why-settled = In its present form since
why-position = { $day }position { $position }
why-lag = Recorded later by
why-records = Records about it; only the newest were looked through
why-code = PLOVER code
why-linked = Linked as the same
why-weighing = How it is weighed, dates and publications
why-part-strain = { $part }% of the strain
why-part-warmth = { $part }% of the warmth
why-machine = machine-coded
why-grade-weight = Weight of its grade
why-denied = Part of that taken by denials
why-mutual = Share for the side acted upon
why-mass = Mass: the product
why-age = Age
why-half-life = Half-life
why-left = Left after decay
why-left-mass = Mass after decay
why-carried = Changes of authority since
why-rounded = Rounding
why-rounded-together = together with other evidence
why-rounded-alone = by itself
why-rest = { $count ->
    [one] { $count } further event counts
   *[other] { $count } further events count
}, for { $warmth } of warmth and { $strain } of strain.
why-rest-ladder = { $count ->
    [one] { $count } further event was considered.
   *[other] { $count } further events were considered.
}
why-hidden = { $count ->
    [one] { $count } further event did not count.
   *[other] { $count } further events did not count.
}
why-more = List up to { $count } of each
