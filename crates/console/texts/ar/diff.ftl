# The differences between two points of the two clocks.
diff-title = ما الذي اختلف: { $conduct }
diff-to-relation = إلى العلاقة
diff-other-way = في الاتجاه المعاكس
diff-before = قبل
diff-after = بعد
diff-from = كما كان في
diff-known_from = كما كان معلوماً عند موضع أو وقت
diff-to = كما كان في
diff-known_to = كما كان معلوماً عند موضع أو وقت
diff-compare = قارن
diff-presets = خيارات جاهزة
diff-since-yesterday = منذ الأمس
diff-since-week = منذ أسبوع
diff-since-month = منذ شهر
diff-since-year = منذ سنة
diff-since-position = ما عُلم منذ الموضع
diff-point = { $at }، كما كان معلوماً عند الموضع { $known }
diff-between = من { $before } إلى { $after }.
diff-nothing = لا فرق بين هاتين النقطتين.
diff-happened = ما حدث
diff-happened-hint = غيّرته أحداث وقعت بين اليومين.
diff-learned = ما علمناه
diff-learned-hint = تقارير وردت بين الموضعين غيّرت ما يُعلم عن اليوم الأول.
diff-lapsed = بمضي الوقت
diff-lapsed-hint = لم يسببه حدث: تلاشى أثر الأدلة، أو انقضت مدة.
diff-numbers = { $count ->
    [zero] لم يتحرك المؤشر وحده في أي بُعد
    [one] تحرّك المؤشر وحده في بُعد واحد
    [two] تحرّك المؤشر وحده في بُعدين
    [few] تحرّك المؤشر وحده في { $count } أبعاد
    [many] تحرّك المؤشر وحده في { $count } بُعداً
   *[other] تحرّك المؤشر وحده في { $count } بُعد
}
diff-total = { $count ->
    [zero] لا فروق
    [one] فرق واحد إجمالاً
    [two] فرقان إجمالاً
    [few] { $count } فروق إجمالاً، والباقي في تاريخ العلاقة
    [many] { $count } فرقاً إجمالاً، والباقي في تاريخ العلاقة
   *[other] { $count } فرق إجمالاً، والباقي في تاريخ العلاقة
}
diff-arrow = ←
diff-then = ثم
diff-why-before = لماذا كان كذلك قبل
diff-why-after = لماذا صار كذلك بعد
diff-state-before = العلاقة قبل ذلك
diff-state-after = العلاقة بعد ذلك
diff-lag = { $count ->
    [zero] سُجّل في اليوم نفسه
    [one] سُجّل بعده بيوم واحد
    [two] سُجّل بعده بيومين
    [few] سُجّل بعده بـ{ $count } أيام
    [many] سُجّل بعده بـ{ $count } يوماً
   *[other] سُجّل بعده بـ{ $count } يوم
}
diff-silent = مسحوب، أو محتسَب في حدث مرتبط
