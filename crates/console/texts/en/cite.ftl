# Events in lists.
cite-retracted = retracted
grade-meaning = Source: { $source }. Information: { $information }.
grade-a = completely reliable
grade-b = usually reliable
grade-c = fairly reliable
grade-d = not usually reliable
grade-e = unreliable
grade-f = reliability cannot be judged
grade-1 = confirmed by other sources
grade-2 = probably true
grade-3 = possibly true
grade-4 = doubtful
grade-5 = improbable
grade-6 = truth cannot be judged
