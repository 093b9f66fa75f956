# The page of reasons.
why-timeline = الخط الزمني
why-svg = الأسباب بصيغة SVG
why-rule = القاعدة
why-rulebook = دليل القواعد (الإسقاط)
why-formula = المعادلة
why-numbers = الأرقام
why-people = منها ما أبلغ عنه أشخاص
why-machines = المرمّز آلياً، قبل الحد الأقصى
why-factors-of = المعاملات
why-factors = المتنازع عليه × { $disputed }؛ لكل تغيّر سلطة × { $carried }؛ المرمّز آلياً بحد أقصى { $machine }
why-band = الحدود
why-no-band = لا يقيّد المستوى شيء قائم.
why-floor-breaks = يصمد الحد الأدنى ما دام التوتر دون
why-index = المؤشر ضمن الحدود
why-bounds = المستويات وحدودها
why-before = مستوى اليوم السابق، بلا حدود
why-kept = باقٍ مع أن المؤشر غادره
why-weakest = أضعف درجة تُحتسب
why-authority = السلطة الحاكمة
why-by-event = الحدث الدال عليها
why-declared = آخر إعلان
why-security = أقصى ما يسمح به البعد الأمني
why-trend = { $trend }: محصلة أدلة آخر { $days ->
    [zero] { $days } يوم
    [one] يوم
    [two] يومين
    [few] { $days } أيام
    [many] { $days } يوماً
   *[other] { $days } يوم
} هي { $balance }؛ ويتغير الاتجاه عند { $step }
why-parts = الأبعاد المجموعة
why-weight = الوزن
why-above-all = الأبرز
why-event = الحدث
why-for = ما يحدد المستوى أو يدعمه
why-beside = ما أُخذ في الحسبان معه
why-for-warmth = المؤيد: الودّ
why-against-strain = المعارض: التوتر
why-for-strain = المؤيد: التوتر
why-against-warmth = المعارض: الودّ
why-none = لا أدلة.
why-uncounted = غير محتسَب
why-as = بصفته: { $role }
why-stands-for = يدل على: { $level }
why-stands-for-nothing = لا يدل على مستوى
why-sets = يحدد المستوى
why-because = غير محتسَب: { $reason }
why-by = بسبب هذا الحدث
why-details = التواريخ والمنشورات
why-occurred = وقع
why-published = نُشر
why-recorded = سُجّل
why-settled = على صورته الحالية منذ
why-position = { $day }الموضع { $position }
why-lag = سُجّل متأخراً بـ
why-records = عدد ما سُجّل عنه، ولم يُنظر إلا في أحدثه
why-code = رمز PLOVER
why-linked = مرتبط به بوصفه الحدث نفسه
why-weighing = كيف يُوزن، والتواريخ والمنشورات
why-part-strain = { $part }٪ من التوتر
why-part-warmth = { $part }٪ من الودّ
why-machine = مرمّز آلياً
why-grade-weight = وزن درجته
why-denied = ما يقتطعه النفي منه
why-mutual = حصة الطرف المتلقي
why-mass = الكتلة: حاصل الضرب
why-age = العمر
why-half-life = عمر النصف
why-left = الباقي بعد التلاشي
why-left-mass = الكتلة بعد التلاشي
why-carried = تغيّرات السلطة منذئذٍ
why-rounded = التقريب
why-rounded-together = مع أدلة أخرى
why-rounded-alone = منفرداً
why-rest = { $count ->
    [zero] لا حدث آخر محتسَب
    [one] حدث آخر محتسَب
    [two] حدثان آخران محتسَبان
    [few] { $count } أحداث أخرى محتسَبة
    [many] { $count } حدثاً آخر محتسَباً
   *[other] { $count } حدث آخر محتسَب
}: من الودّ { $warmth } ومن التوتر { $strain }.
why-rest-ladder = { $count ->
    [zero] لم يؤخذ حدث آخر في الحسبان.
    [one] أُخذ في الحسبان حدث آخر.
    [two] أُخذ في الحسبان حدثان آخران.
    [few] أُخذت في الحسبان { $count } أحداث أخرى.
    [many] أُخذ في الحسبان { $count } حدثاً آخر.
   *[other] أُخذ في الحسبان { $count } حدث آخر.
}
why-hidden = { $count ->
    [zero] لا حدث آخر غير محتسَب.
    [one] حدث آخر غير محتسَب.
    [two] حدثان آخران غير محتسَبين.
    [few] { $count } أحداث أخرى غير محتسَبة.
    [many] { $count } حدثاً آخر غير محتسَب.
   *[other] { $count } حدث آخر غير محتسَب.
}
why-more = اعرض حتى { $count } من كل قائمة
