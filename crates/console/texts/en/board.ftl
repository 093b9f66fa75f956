# The board.
board-title = Conduct towards { $toward }
board-empty-title = Nothing is known yet
board-empty = The log has no events. Report one, or start with demonstration data:
board-toward = Towards
board-of = Of
board-of-all = all with a known relation
board-filter = Show
board-apply = Apply
board-country = Country
board-no-rows = No country has a known conduct that fits.
board-count = { $count ->
    [one] { $count } country
   *[other] { $count } countries
}
show-all = all
show-known = with a known posture
show-strained = strained or hostile in a dimension
show-disputed = resting on disputed events
cell-index = index { $value }
cell-strain = strain { $value }
cell-since = since { $date }
cell-last = { $events }, until { $date }
cell-events = { $count ->
    [one] { $count } event
   *[other] { $count } events
}
cell-sources = sources: { $names }
cell-band = bound by: { $kind }
legend = What the marks mean
legend-band = the level is held at a limit by what stands, such as a war or an alliance
legend-stale = stale: nothing new was reported for so long that the level is only the last one known
legend-disputed = rests on a disputed event
legend-unknown = unknown, which is not zero
legend-limit = held at a limit
legend-age = Paler cells rest on older evidence: 90 days, 1 year, 3 years.
board-find = Find a country
