# The page of a relation.
relation-links = هذه العلاقة في صيغ أخرى
relation-brief = موجز للطباعة
relation-diff = قارن بين نقطتين
relation-svg = الخط الزمني بصيغة SVG
relation-csv = التاريخ بصيغة CSV
relation-levels = المستويات
relation-nothing = لا يُعلم حدث في هذه العلاقة حتى { $date }.
relation-now = اعرضها كما هي الآن
relation-report = أبلغ عن حدث
relation-timelines = الخطوط الزمنية
relation-course = المؤشر عبر الزمن: { $dimension }
relation-no-course = لا شيء معلوم عنه في هذه المدة.
relation-index-of = مؤشر
relation-events = أحدث الأدلة
relation-events-of = المعروض { $shown } من { $total }.
relation-all-events = جميع الأحداث، من واجهة البرمجة
levels-dimension = البعد
levels-level = المستوى
levels-index = المؤشر
levels-warmth = الودّ
levels-strain = التوتر
levels-since = منذ
levels-last = آخر دليل
levels-events = الأحداث
levels-notes = ملاحظات
levels-trend = الاتجاه
levels-sends = الرتبة الموفدة
registers = السجلات
registers-entry = القيد
registers-status = الحالة
registers-cut = اختُصرت هذه السجلات إلى أحدث قيودها، والعدد هو مجموع القيود:
disputes = أحداث متنازع عليها
disputes-claimed = يقول به
disputes-denied = ينفيه
disputes-source = يناقضه مصدر
picture-span = المدة المعروضة
span-1y = سنة
span-5y = 5 سنوات
span-20y = 20 سنة
span-all = الكل
picture-events = جميع الأحداث
picture-index = المؤشر
picture-masses = الودّ (إلى أعلى) والتوتر (إلى أسفل)، المقياس حتى { $most }
picture-late = سُجّل بعد { $count ->
    [zero] أقل من يوم
    [one] يوم واحد
    [two] يومين
    [few] { $count } أيام
    [many] { $count } يوماً
   *[other] { $count } يوم
}
picture-cut-steps = المرسوم أحدث { $shown } من { $total } من الخطوات.
picture-cut-events = المرسوم أحدث { $shown } من { $total } من الأحداث.
picture-legend = كيف تُقرأ الخطوط الزمنية
picture-legend-line = الخط هو المستوى: كلما ارتفع كان أودّ، أما في التهديد فكلما ارتفع كان أخطر. وحيث ينقطع فلا شيء معلوم.
picture-legend-soft = الباهت المتقطع: اليوم ضمن حدود تاريخ غير دقيق.
picture-legend-stale = التظليل المتباعد: بلا جديد منذ مدة طويلة.
picture-legend-barred = التظليل المتقارب وراء خط متقطع: ما يمنعه سقف أو حد أدنى، كالحرب أو التحالف.
picture-legend-late = الدائرة: سُجّل بعد بدايته بثلاثين يوماً أو أكثر.
picture-legend-tick = الشرطة: حدث سبّب الخطوة، وهي تؤدي إليه. والمتقطعة: حدث متنازع عليه.
picture-legend-sampled = تُقرأ الحدود والأرقام في أيام الخطوات والأحداث، وكل شهر على الأقل ما سمحت المدة المعروضة.
