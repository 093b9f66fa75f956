# Briefs.
brief-title = Brief: { $name }
brief-point = State as of { $at }, as known at position { $known } of the log; rulebook { $rulebook }, projection { $projection }
brief-print = Print this page, or save it as PDF, with the print command of your browser.
brief-changes = Changes of the last 12 months
brief-no-changes = Nothing changed in the last 12 months.
brief-cause = cause
brief-sources = Sources
brief-cite = How to cite
brief-chicago = Detente. “{ $title }.” { $point }. Accessed { $today }.
brief-registers = What stands
brief-governed = Governed by: { $by }
brief-newest = Newest events
brief-no-relations = No relation is known.
brief-with = With
brief-way = Conduct
brief-out = its own
brief-in = theirs
