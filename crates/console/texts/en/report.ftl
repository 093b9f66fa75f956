# The form that reports an event, and what all forms have.
form-required = (required)
form-refused = { $count ->
    [one] One thing is wrong
   *[other] { $count } things are wrong
}
form-failed = The log did not take it now. Nothing of the form is lost: send it again in a moment; it is stored once.
refusal-missing = this is missing
refusal-date = this is not a date
refusal-party = this is not a known party
refusal-party-existed = this party did not exist at that time
refusal-both-sides = this party is named twice, or stands on both sides
refusal-value = this value does not fit
refusal-url = this is not a web address
refusal-language = this is not a language tag
refusal-grade = both parts of the grade are needed
refusal-long = this text is too long
refusal-text = this text is blank or has control characters
refusal-id = this is not the id of an event
refusal-conflict = another event has this id already; open the form again
refusal-nothing-new = nothing differs from what is recorded
refusal-role = your token may not do this
list-comma = { ", " }
list-older = Older
report-title = Report a development
report-lead = Say what happened, see what it would change, and send it. Nothing is stored before the last step.
report-search = What happened?
report-search-help = A word in English, Arabic or Russian, such as “embassy”, “غارة” or “перемирие”.
report-search-go = Search
report-found = { $count ->
    [0] No kind fits. Try another word, or choose from the list.
    [one] One kind fits
   *[other] { $count } kinds fit
}
report-list = All kinds
report-kind = Kind
report-choose = Go on
report-other-kind = Choose another kind
report-preview = Preview
report-send = Report it
report-elsewhere = This service only reads. Report to the gateway, over its API or from the command line:
report-who = Who
report-actors = Who acted
report-actors-help = By name, alias or code. An organisation acts for its members. The preview adds room for more.
report-recipients = Towards whom
report-recipients-help = The other side. Leave it empty if those who acted did so together.
report-party = { $side }, { $number }
report-when = When
report-occurred = Date
report-occurred-help = 2023-03-23, or less exactly: 2023-03, 2023, 2023-03-XX, 2023~ (about), 2021-08/2023-04 (between), 2023/.. (from).
report-details = Details
report-more-details = More details
report-severity = Severity
severity-unsaid = not said
severity-otherwise = counts as { $word }, unless a number says more
report-title-in = Title in: { $language }
report-titles = Title
report-other-titles = In other languages
report-titles-help = One sentence, in at least one language.
report-source = Source
report-publisher = Publisher
report-publisher-help = Who published it, such as an agency or a ministry.
report-url = Web address
report-published = Date of publication
report-published-help = Like the date above.
report-language = Language
report-language-help = A tag, such as ar.
report-quote = Passage
report-quote-help = The words of the source that tell of the event.
report-reliability = Reliability of the source
report-credibility = Credibility of the information
report-grade-help = Without both, the report is graded F6, which claims nothing.
subject-diplomacy = Diplomacy
subject-status = Recognition and status
subject-agreements = Agreements and peace
subject-words = Words
subject-force = War and force
subject-groups = Armed groups and security
subject-economy = Trade, sanctions and projects
subject-movement = Borders, airspace and visas
subject-people = Aid and refugees
preview-title = If you report this
preview-similar = It may be known already
preview-changes = What would change
preview-unchanged = Nothing changes.
preview-changes-left-out = { $count ->
    [one] and one further change
   *[other] and { $count } further changes
}
preview-relations-left-out = { $count ->
    [one] One relation was not looked at.
   *[other] { $count } relations were not looked at.
}
preview-edit = Or change the form below, and preview it again.
preview-apart = { $days ->
    [0] the same date
    [one] one day apart
   *[other] { $days } days apart
}
preview-corroborate = Add as a further source
