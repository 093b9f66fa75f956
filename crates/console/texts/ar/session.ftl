# Signing in by a token, and out.
session-title = تسجيل الدخول
session-token = رمز الدخول
session-help = رمز كما يطبعه الأمر detente token create. يحتفظ به هذا المتصفح ثماني ساعات على الأكثر، ولا يمكن لأي برنامج نصي قراءته.
session-in = سجّل الدخول
session-out = سجّل الخروج
session-as = الدخول باسم
session-on = تابع
session-open = لا حاجة هنا إلى رمز: كل من يصل إلى هذا الخادم يمكنه القراءة والإبلاغ والتعديل.
session-wrong = الرمز غير معروف أو أُلغي. سجّل الدخول برمز آخر.
session-strict = إن كنت قد سجّلت الدخول من قبل ووصلت إلى هنا برابط من موقع آخر فتابع مباشرة.
role-reader = قارئ
role-reporter = مُبلِّغ
role-editor = محرّر
role-admin = مدير
