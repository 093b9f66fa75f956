# The differences between two points of the two clocks.
diff-title = What differs: { $conduct }
diff-to-relation = To the relation
diff-other-way = The other way round
diff-before = Before
diff-after = After
diff-from = As it was on
diff-known_from = As known at position or time
diff-to = As it was on
diff-known_to = As known at position or time
diff-compare = Compare
diff-presets = Ready choices
diff-since-yesterday = Since yesterday
diff-since-week = Since last week
diff-since-month = Since last month
diff-since-year = Since a year ago
diff-since-position = Learned since position
diff-point = { $at }, as known at { $known }
diff-between = From { $before } to { $after }.
diff-nothing = Nothing differs between these two points.
diff-happened = It happened
diff-happened-hint = Events between the two days changed this.
diff-learned = We learned it
diff-learned-hint = Reports between the two positions changed what is known of the first day.
diff-lapsed = Time passed
diff-lapsed-hint = No event caused this: evidence faded, or a term ended.
diff-numbers = { $count ->
    [one] Only the index moved in { $count } dimension
   *[other] Only the index moved in { $count } dimensions
}
diff-total = { $count ->
    [one] { $count } difference in all
   *[other] { $count } differences in all; the history of the relation has the rest
}
diff-arrow = →
diff-then = then
diff-why-before = Why before
diff-why-after = Why after
diff-state-before = The relation before
diff-state-after = The relation after
diff-lag = { $count ->
    [one] recorded { $count } day later
   *[other] recorded { $count } days later
}
diff-silent = retracted, or told by a linked event
