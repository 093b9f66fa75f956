# The page of an event: what is reported of it, and the forms that amend it.
events-title = الأحداث
events-none = لا حدث يطابق ذلك.
events-party = الطرف
events-pair = العلاقة
events-all-kinds = كل الأنواع
events-apply = اعرض
event-unknown = لا حدث بهذا المعرّف
event-unknown-text = لا يذكره أي قيد في السجل، على الأقل بحسب ما كان معلوماً عند هذا الموضع.
event-pending = حدث لم يصل بعد
event-pending-text = تذكر قيود هذا المعرّف ولا حدث له بعد. تسري عندما يصل الحدث.
event-when = التاريخ
event-grade = الدرجة
event-publishers = { $count ->
    [zero] (بلا ناشر)
    [one] (ناشر مستقل واحد)
    [two] (ناشران مستقلان)
    [few] ({ $count } ناشرين مستقلين)
    [many] ({ $count } ناشراً مستقلاً)
   *[other] ({ $count } ناشر مستقل)
}
event-same = هو نفسه
event-id = المعرّف
event-recorded = سُجِّل
event-position = الموضع { $position }
event-by = باسم
event-sources = المصادر
event-records = القيود المتعلقة به
event-no-records = لا شيء: هو كما أُبلغ عنه أول مرة.
event-records-total = من مجموع { $count }، والأحدث أولاً.
event-retracted = مسحوب
event-see-records = انظر القيود أدناه.
event-corrected = { $count ->
    [zero] لا تصحيح سارٍ.
    [one] تصحيح واحد سارٍ.
    [two] تصحيحان ساريان.
    [few] { $count } تصحيحات سارية.
    [many] { $count } تصحيحاً سارياً.
   *[other] { $count } تصحيح سارٍ.
}
event-effects = ما يتأثر به
event-no-relations = لا تتأثر به حالة أي علاقة.
event-more-relations = وعلاقات أخرى عددها { $count }
event-changes = التغيرات التي هو من أسبابها
record-reported = بلاغ
record-corroborated = مصدر آخر
record-disputed = نفي
record-corrected = تصحيح
record-retracted = سحب
record-linked = رُبط بوصفه الحدث نفسه
record-unlinked = انتهى الربط
record-tick = بداية يوم
record-no-effect = بلا أثر
record-retract = اسحب هذا القيد
record-by = نفاه
record-of = القيد
record-cleared = حُذف
amend-corroborate = أضف مصدراً
amend-dispute = سجّل نفياً
amend-correct = صحّح
amend-retract = اسحب
amend-link = اربط بحدث آخر
amend-unlink = أنهِ ربطاً
amend-corroborate-effect = منشور آخر عن الحدث نفسه. الناشرون المستقلون يرفعون درجته.
amend-dispute-effect = طرف ينفي الحدث أو مصدر يناقضه. يبقى الحدث معلَّماً بأنه متنازع عليه، ويقل وزنه أو يسقط بحسب درجتي الجانبين.
amend-correct-effect = غيّر ما هو خطأ. يسري التصحيح إن كانت درجته كدرجة أفضل بلاغ، أو كان من الناشر الأول. ويبقى ما كان معلوماً من قبل مقروءاً.
amend-retract-effect = يُلغى القيد من الآن كأنه لم يُبلَّغ عنه، ويبقى في السجل مع سبب سحبه.
amend-link-effect = كلاهما حدث واحد: يُحتسب مرة واحدة بمصادر الاثنين.
amend-unlink-effect = هما حدثان مختلفان في الواقع.
amend-by = من ينفيه
amend-by-help = طرف، إن وُجد؛ وإلا فاتركه فارغاً.
amend-claim = ما يُقال بدلاً منه
amend-claim-help = بكلمات الطرف أو المصدر.
amend-reason = السبب
amend-reason-help = يمكن للجميع قراءته دائماً.
amend-other = الحدث الآخر
amend-other-help = معرّفه أو عنوان صفحته.
amend-kind-help = بعد اختيار نوع آخر راجع الاستمارة: قد تختلف التفاصيل.
amend-check = راجع
amend-cancel = عد إلى الحدث
amend-confirm-title = سيُسجَّل هذا
amend-confirm = أكّد
amend-no-preview = يظهر ما يغيّره التعديل في صفحة الحدث بعد تسجيله. ويمكن سحبه.
