# The form that reports an event, and what all forms have.
form-required = (لازم)
form-refused = { $count ->
    [zero] لا أخطاء
    [one] خطأ واحد
    [two] خطآن
    [few] { $count } أخطاء
    [many] { $count } خطأً
   *[other] { $count } خطأ
}
form-failed = لم يقبل السجل البلاغ الآن. لم يضع شيء من الاستمارة: أرسلها ثانية بعد لحظات، ولن تُخزَّن إلا مرة واحدة.
refusal-missing = هذا الحقل ناقص
refusal-date = هذا ليس تاريخاً
refusal-party = هذا الطرف غير معروف
refusal-party-existed = لم يكن هذا الطرف موجوداً في ذلك الوقت
refusal-both-sides = ذُكر هذا الطرف مرتين، أو ورد في الجانبين
refusal-value = هذه القيمة لا تناسب الحقل
refusal-url = هذا ليس عنواناً على الشبكة
refusal-language = هذا ليس رمز لغة
refusal-grade = لا بد من جزأي الدرجة معاً
refusal-long = هذا النص أطول مما ينبغي
refusal-text = هذا النص فارغ أو فيه محارف تحكم
refusal-id = هذا ليس معرّف حدث
refusal-conflict = لحدث آخر هذا المعرّف؛ افتح الاستمارة من جديد
refusal-nothing-new = لا شيء يختلف عمّا هو مسجَّل
refusal-role = رمزك لا يسمح بذلك
list-comma = { "، " }
list-older = الأقدم
report-title = أبلغ عن تطوّر
report-lead = اذكر ما حدث، وانظر ما الذي سيتغير، ثم أرسل. لا يُخزَّن شيء قبل الخطوة الأخيرة.
report-search = ماذا حدث؟
report-search-help = كلمة بالعربية أو الإنجليزية أو الروسية، مثل «سفارة» أو airstrike أو «перемирие».
report-search-go = ابحث
report-found = { $count ->
    [zero] لا نوع يطابق ذلك. جرّب كلمة أخرى أو اختر من القائمة.
    [one] نوع واحد يطابق ذلك
    [two] نوعان يطابقان ذلك
    [few] { $count } أنواع تطابق ذلك
    [many] { $count } نوعاً يطابق ذلك
   *[other] { $count } نوع يطابق ذلك
}
report-list = كل الأنواع
report-kind = النوع
report-choose = تابع
report-other-kind = اختر نوعاً آخر
report-preview = معاينة
report-send = أرسل البلاغ
report-elsewhere = هذه الخدمة للقراءة فقط. أبلغ عبر واجهة البوابة البرمجية أو من سطر الأوامر:
report-who = من
report-actors = من قام بالفعل
report-actors-help = بالاسم أو بأي تسمية أخرى أو بالرمز. المنظمة تفعل نيابة عن أعضائها. تضيف المعاينة حقولاً أخرى.
report-recipients = تجاه من
report-recipients-help = الطرف الآخر. اتركه فارغاً إن كان الفاعلون قد فعلوا ذلك معاً.
report-party = { $side }، { $number }
report-when = متى
report-occurred = التاريخ
report-occurred-help = {"\u200e"}2023-03-23، أو بدقة أقل: {"\u200e"}2023-03 أو 2023 أو {"\u200e"}2023-03-XX أو {"\u200e"}2023~{"\u200e"} (نحو) أو {"\u200e"}2021-08/2023-04 (بين) أو {"\u200e"}2023/..{"\u200e"} (منذ).
report-details = التفاصيل
report-more-details = تفاصيل أخرى
report-severity = الشدة
severity-unsaid = غير مذكورة
severity-otherwise = تُحسب: { $word }، ما لم يدلّ عدد على أكثر
report-title-in = العنوان، اللغة: { $language }
report-titles = العنوان
report-other-titles = بلغات أخرى
report-titles-help = جملة واحدة بلغة واحدة على الأقل.
report-source = المصدر
report-publisher = الناشر
report-publisher-help = من نشر الخبر، مثل وكالة أو وزارة.
report-url = العنوان على الشبكة
report-published = تاريخ النشر
report-published-help = بصيغة التاريخ أعلاه.
report-language = اللغة
report-language-help = رمز، مثل ar.
report-quote = الاقتباس
report-quote-help = عبارة المصدر التي تذكر الحدث.
report-reliability = موثوقية المصدر
report-credibility = مصداقية المعلومة
report-grade-help = من دون الجزأين تكون الدرجة F6، وهي لا تدّعي شيئاً.
subject-diplomacy = الدبلوماسية
subject-status = الاعتراف والوضع القانوني
subject-agreements = الاتفاقات والسلام
subject-words = الأقوال
subject-force = الحرب والقوة
subject-groups = الجماعات المسلحة والأمن
subject-economy = التجارة والعقوبات والمشاريع
subject-movement = الحدود والأجواء والتأشيرات
subject-people = المساعدات واللاجئون
preview-title = إن أبلغت عن هذا
preview-similar = ربما كان معلوماً من قبل
preview-changes = ما الذي سيتغير
preview-unchanged = لا شيء يتغير.
preview-changes-left-out = { $count ->
    [zero] ولا تغيرات أخرى
    [one] وتغيّر آخر
    [two] وتغيّران آخران
    [few] و{ $count } تغيرات أخرى
    [many] و{ $count } تغيراً آخر
   *[other] و{ $count } تغير آخر
}
preview-relations-left-out = { $count ->
    [zero] نُظر في كل العلاقات.
    [one] لم يُنظر في علاقة واحدة.
    [two] لم يُنظر في علاقتين.
    [few] لم يُنظر في { $count } علاقات.
    [many] لم يُنظر في { $count } علاقة.
   *[other] لم يُنظر في { $count } علاقة.
}
preview-edit = أو غيّر ما في الاستمارة أدناه وعاينها من جديد.
preview-apart = { $days ->
    [zero] التاريخ نفسه
    [one] بفارق يوم واحد
    [two] بفارق يومين
    [few] بفارق { $days } أيام
    [many] بفارق { $days } يوماً
   *[other] بفارق { $days } يوم
}
preview-corroborate = أضفه مصدراً آخر
