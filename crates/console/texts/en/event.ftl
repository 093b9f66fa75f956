# The page of an event: what is reported of it, and the forms that amend it.
events-title = Events
events-none = No event fits.
events-party = Party
events-pair = Relation
events-all-kinds = all kinds
events-apply = Show
event-unknown = No event has this id
event-unknown-text = No record of the log names it, at least not as known at this position.
event-pending = An event that has not arrived
event-pending-text = Records name this id, and no event has it yet. They take effect when it arrives.
event-when = Date
event-grade = Grade
event-publishers = { $count ->
    [one] (one independent publisher)
   *[other] ({ $count } independent publishers)
}
event-same = The same as
event-id = ID
event-recorded = Recorded
event-position = position { $position }
event-by = by
event-sources = Sources
event-records = Records about it
event-no-records = None: it stands as it was first reported.
event-records-total = Of { $count } in all, the newest first.
event-retracted = Retracted
event-see-records = See the records below.
event-corrected = { $count ->
    [one] One correction is in effect.
   *[other] { $count } corrections are in effect.
}
event-effects = What it affects
event-no-relations = It affects the state of no relation.
event-more-relations = and { $count } further relations
event-changes = Changes that it is a cause of
record-reported = Report
record-corroborated = Further source
record-disputed = Denial
record-corrected = Correction
record-retracted = Retraction
record-linked = Linked as the same event
record-unlinked = Link ended
record-tick = Beginning of a day
record-no-effect = without effect
record-retract = Retract this record
record-by = Denied by
record-of = The record
record-cleared = cleared
amend-corroborate = Add a source
amend-dispute = Record a denial
amend-correct = Correct
amend-retract = Retract
amend-link = Link with another event
amend-unlink = End a link
amend-corroborate-effect = A further publication of the same event. Independent publishers raise its grade.
amend-dispute-effect = A party denies the event, or a source contradicts it. The event stays, marked as disputed; it counts for less or not at all, by the grades of both.
amend-correct-effect = Change what is wrong. A correction takes effect if it is graded as well as the best report, or comes from the first publisher. What was known before stays readable.
amend-retract-effect = Takes the record back as if it had not been reported, from now on. It stays in the log, with the reason.
amend-link-effect = Both are the same event: it counts once, with the sources of both.
amend-unlink-effect = They are two events after all.
amend-by = Who denies it
amend-by-help = A party, if one does; else leave it empty.
amend-claim = What is claimed instead
amend-claim-help = In the words of the party or source.
amend-reason = Reason
amend-reason-help = Everybody can read it, for ever.
amend-other = The other event
amend-other-help = Its id, or the address of its page.
amend-kind-help = After another choice, check the form: the details may be others.
amend-check = Check
amend-cancel = Back to the event
amend-confirm-title = This will be recorded
amend-confirm = Confirm
amend-no-preview = What an amendment changes is shown on the page of the event once it is recorded. It can be retracted.
