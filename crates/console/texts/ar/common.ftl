# Texts of all pages.
skip = انتقل إلى المحتوى
nav = الصفحات
languages = اللغات
nav-board = اللوحة
nav-map = الخريطة
nav-changes = التغيّرات
nav-report = أبلغ عن حدث
foot-methodology = المنهجية
foot-sources = المصادر
foot = لا درجة بلا قاعدتها، ولا حالة بلا أدلتها، ولا تاريخ بلا ساعتيه.
foot-api = واجهة البرمجة
clock-bar = الساعتان
clock-at = كما كان في
clock-known = كما كان معلوماً عند موضع أو وقت
clock-at-slide = اليوم
clock-known-slide = المعلوم
clock-recorded = (سُجّل في { $day })
clock-play = تشغيل
clock-step = الأيام في كل خطوة
clock-days = { $count ->
    [zero] لا أيام
    [one] يوم واحد
    [two] يومان
    [few] { $count } أيام
    [many] { $count } يوماً
   *[other] { $count } يوم
}
clock-show = اعرض
clock-live = مباشر
clock-point = كما كان في { $at }، كما كان معلوماً عند { $known } من { $head }
date-open = في وقت غير معروف
date-until = حتى { $to }
date-from = منذ { $from }
date-between = بين { $from } و{ $to }
date-uncertain = { $date } (غير مؤكد)
date-about = نحو { $date }
date-about-uncertain = نحو { $date } (غير مؤكد)
error-not-found = الصفحة غير موجودة
error-not-found-text = لا توجد صفحة في هذا العنوان.
error-to-board = إلى اللوحة
error-failed = يتعذر العرض الآن
error-failed-text = أخفقت الخدمة في الإجابة. ما خُزّن محفوظ؛ أعد المحاولة بعد لحظات.
error-again = أعد المحاولة
error-refused = تتعذر الإجابة عن هذا الطلب
error-field = المعامل
error-given = القيمة المعطاة
error-allowed = المسموح به
error-code = الرمز
turn-up = ارتفع عند آخر تغيّر
turn-down = انخفض عند آخر تغيّر
copy = انسخ
copied = نُسخ
picture-source = Detente، الإسقاط { $projection }
