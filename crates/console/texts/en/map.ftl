# The map.
map-title-towards = Conduct towards { $country }: { $dimension }
map-title-of = Conduct of { $country }: { $dimension }
map-point = As it was on { $at }, as known at position { $known }.
map-country = Country
map-conducts = Conduct
map-towards = of all others towards it
map-of = of it towards all others
map-dimension = Dimension
map-note = One tile for each state, near its place and beside its neighbours. Tiles have no size and no outline, and take no side in any dispute about borders.
map-without = Without a tile
map-age = Paler tiles rest on older evidence: 90 days, 1 year, 3 years.
map-formats = Other forms
map-events = Events
map-missions = Missions
map-missions-open = Open missions
map-missions-closed = { $count ->
    [one] { $count } closed mission
   *[other] { $count } closed missions
}
map-no-missions = No mission is known.
mission-host = Host
mission-sender = Sent by
mission-type = Type
mission-city = City
mission-status = Status
mission-since = Since
mission-held = Premises held by
