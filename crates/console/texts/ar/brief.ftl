# Briefs.
brief-title = موجز: { $name }
brief-point = الحالة كما كانت في { $at }، كما كانت معلومة عند الموضع { $known } من السجل؛ دليل القواعد { $rulebook }، الإسقاط { $projection }
brief-print = اطبع هذه الصفحة، أو احفظها بصيغة PDF، بأمر الطباعة في متصفحك.
brief-changes = تغيّرات آخر 12 شهراً
brief-no-changes = لم يتغير شيء في آخر 12 شهراً.
brief-cause = السبب
brief-sources = المصادر
brief-cite = كيف يُستشهد به
brief-chicago = Detente. «{ $title }». { $point }. تاريخ الاطلاع: { $today }.
brief-registers = ما هو قائم
brief-governed = السلطة الحاكمة: { $by }
brief-newest = أحدث الأحداث
brief-no-relations = لا علاقة معلومة.
brief-with = مع
brief-way = السلوك
brief-out = سلوكها
brief-in = سلوك الآخر
