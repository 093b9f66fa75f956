# The board.
board-title = السلوك تجاه { $toward }
board-empty-title = لا شيء معلوم بعد
board-empty = لا أحداث في السجل. أبلغ عن حدث، أو ابدأ ببيانات العرض:
board-toward = تجاه
board-of = من
board-of-all = كل من له علاقة معلومة
board-filter = اعرض
board-apply = طبّق
board-country = الدولة
board-no-rows = لا دولة لها سلوك معلوم يطابق ذلك.
board-count = { $count ->
    [zero] لا دول
    [one] دولة واحدة
    [two] دولتان
    [few] { $count } دول
    [many] { $count } دولة
   *[other] { $count } دولة
}
show-all = الكل
show-known = ما كان موقفه العام معلوماً
show-strained = المتوتر أو العدائي في أحد الأبعاد
show-disputed = ما يستند إلى أحداث متنازع عليها
cell-index = المؤشر { $value }
cell-strain = شدة التهديد { $value }
cell-since = منذ { $date }
cell-last = { $events } حتى { $date }
cell-events = { $count ->
    [zero] لا أحداث
    [one] حدث واحد
    [two] حدثان
    [few] { $count } أحداث
    [many] { $count } حدثاً
   *[other] { $count } حدث
}
cell-sources = المصادر: { $names }
cell-band = يحدّه: { $kind }
legend = معاني العلامات
legend-band = المستوى مقيّد بحدٍّ قائم، مثل حرب أو تحالف
legend-stale = بلا جديد: لم يُبلّغ عن شيء منذ مدة طويلة، فالمستوى هو آخر ما عُلم
legend-disputed = يستند إلى حدث متنازع عليه
legend-unknown = غير معروف، وهو غير الصفر
legend-limit = مقيّد بحدٍّ قائم
legend-age = كلما قدمت الأدلة بهت لون الخلية: 90 يوماً، سنة، ثلاث سنوات.
board-find = ابحث عن دولة
