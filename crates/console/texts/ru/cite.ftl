# Events in lists.
cite-retracted = отозвано
grade-meaning = Источник: { $source }. Сведения: { $information }.
grade-a = полностью надёжен
grade-b = обычно надёжен
grade-c = довольно надёжен
grade-d = обычно ненадёжен
grade-e = ненадёжен
grade-f = надёжность оценить нельзя
grade-1 = подтверждены другими источниками
grade-2 = вероятно, верны
grade-3 = возможно, верны
grade-4 = сомнительны
grade-5 = маловероятны
grade-6 = достоверность оценить нельзя
