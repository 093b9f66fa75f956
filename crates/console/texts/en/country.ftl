# The page of a country.
country-names = Names
country-governed = Governed by
country-member = Member of
country-member-none = no organisation that the background data lists
country-member-source = by the background data
country-pages = Pages
country-board = Board of conducts towards it
country-map-towards = Map of conducts towards it
country-map-of = Map of its conducts
country-brief = Brief
country-changes = Changes
country-relations = Relations, both ways
country-no-relations = No relation is known.
country-direction = Conduct
country-outgoing = outgoing
country-incoming = incoming
country-trajectory = Trajectory
country-flags = Remarks
country-and = ,{" "}
country-count = { $count ->
    [one] { $count } relation
   *[other] { $count } relations
}
