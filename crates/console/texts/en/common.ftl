# Texts of all pages.
skip = Skip to the content
nav = Pages
languages = Languages
nav-board = Board
nav-map = Map
nav-changes = Changes
nav-report = Report
foot-methodology = Methodology
foot-sources = Sources
foot = No score without its rule, no state without its evidence, no history without both clocks.
foot-api = API
clock-at = As it was on
clock-known = As known at position or time
clock-at-slide = Day
clock-known-slide = Known
clock-recorded = (recorded on { $day })
clock-play = Play
clock-step = Days per step
clock-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
clock-show = Show
clock-live = Live
clock-point = As it was on { $at }, as known at { $known } of { $head }
date-open = at an unknown time
date-until = until { $to }
date-from = from { $from }
date-between = between { $from } and { $to }
date-uncertain = { $date } (uncertain)
date-about = about { $date }
date-about-uncertain = about { $date } (uncertain)
error-not-found = Page not found
error-not-found-text = There is no page at this address.
error-to-board = To the board
error-failed = This cannot be shown now
error-failed-text = The service has failed to answer. What is stored is safe; try again in a moment.
error-again = Try again
error-refused = This cannot be answered
error-field = Parameter
error-given = Given
error-allowed = Allowed
error-code = Code
turn-up = rose at the last change
turn-down = fell at the last change
copy = Copy
copied = Copied
