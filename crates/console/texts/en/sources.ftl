# The sources.
sources-publishers = Publishers in the log
sources-publishers-text = Counted up to position { $known } of the log. Names, domains and services of one owner count as one publisher. What was retracted later is counted too, since the log keeps it.
sources-none = The log has no reports yet.
sources-publisher = Publisher
sources-reports = First to report
sources-further = Further reports
sources-denials = Denials
sources-corrections = Corrections
sources-grades = Grades
sources-days = Its events happened
sources-disputed = Disputed now
sources-count = { $count ->
    [one] { $count } publisher
   *[other] { $count } publishers
}
sources-files = What is built in
sources-files-text = Facts that are compiled into the program. Their bytes are part of the name of a projection, so any edit is another projection.
sources-governments = Who governs is no built-in fact: changes of authority are events of the log, where some from general history ship with the program under the publisher “General historical record”.
sources-file = File
sources-rows = Rows
sources-holds = Holds
sources-origin = Origin
holds-parties = States, de facto states, authorities, groups and organisations, with names and lives.
origin-parties = Codes of ISO 3166-1 and 3166-3; names of states from Unicode CLDR 47; further spellings from GeoNames (CC BY 4.0), CAMEO and the World Bank; the rest is ours, from common knowledge.
holds-party-schemes = Codes of other schemes for the same parties.
origin-party-schemes = FIPS 10-4 from GeoNames; CAMEO from the GDELT Project; state numbers of the Correlates of War Project and of Gleditsch and Ward.
holds-rivals = Pairs of states of which each claimed to be the only government of one country.
origin-rivals = Ours, from common knowledge.
holds-memberships = Memberships of states in organisations, with days.
origin-memberships = Ours, from common knowledge; compared with the yearbooks of the United Nations and the lists of the Arab League and the OIC.
holds-refusals = Refusals of member states of the United Nations to recognise another.
origin-refusals = Ours, only what is beyond doubt; each row says on what it rests.
holds-publishers = Publishers with their names, domains and owners, by which independent reports are counted.
origin-publishers = Ours, from common knowledge.
