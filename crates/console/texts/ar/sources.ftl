# المصادر.
sources-publishers = الناشرون في السجل
sources-publishers-text = العدّ حتى الموضع { $known } من السجل. تُحسب أسماء المالك الواحد ونطاقاته وخدماته ناشراً واحداً. وما سُحب لاحقاً محسوب أيضاً، لأن السجل يحفظه.
sources-none = لا بلاغات في السجل بعد.
sources-publisher = الناشر
sources-reports = أول من أبلغ
sources-further = بلاغات إضافية
sources-denials = نفي
sources-corrections = تصحيحات
sources-grades = الدرجات
sources-days = وقعت أحداثه
sources-disputed = متنازع عليه الآن
sources-count = { $count ->
    [zero] لا ناشرين
    [one] ناشر واحد
    [two] ناشران
    [few] { $count } ناشرين
    [many] { $count } ناشراً
   *[other] { $count } ناشر
}
sources-files = ما هو مدمج
sources-files-text = حقائق مدمجة في البرنامج. محتواها جزء من اسم الإسقاط، فأي تعديل فيها إسقاط آخر.
sources-governments = من يحكم ليس حقيقة مدمجة: تغيّر السلطة حدث في السجل، ويأتي بعضه من التاريخ العام مع البرنامج باسم الناشر «General historical record».
sources-file = الملف
sources-rows = الصفوف
sources-holds = محتواه
sources-origin = مصدره
holds-parties = دول ودول أمر واقع وسلطات وجماعات ومنظمات، بأسمائها ومدد قيامها.
origin-parties = رموز ISO 3166-1 وISO 3166-3؛ أسماء الدول من Unicode CLDR 47؛ وتهجئات أخرى من GeoNames (CC BY 4.0) وCAMEO والبنك الدولي؛ والباقي من عندنا من المعرفة العامة.
holds-party-schemes = رموز الأطراف نفسها في أنظمة أخرى.
origin-party-schemes = FIPS 10-4 من GeoNames؛ وCAMEO من مشروع GDELT؛ وأرقام الدول من مشروع Correlates of War ومن Gleditsch وWard.
holds-rivals = أزواج من الدول ادّعت كل منها أنها الحكومة الوحيدة لبلد واحد.
origin-rivals = من عندنا، من المعرفة العامة.
holds-memberships = عضويات الدول في المنظمات، بأيامها.
origin-memberships = من عندنا، من المعرفة العامة؛ وقورنت بحوليات الأمم المتحدة وبقائمتي جامعة الدول العربية ومنظمة التعاون الإسلامي.
holds-refusals = رفض دول أعضاء في الأمم المتحدة الاعتراف بدولة أخرى.
origin-refusals = من عندنا، ما لا شك فيه وحده؛ ويذكر كل صف ما يستند إليه.
holds-publishers = الناشرون بأسمائهم ونطاقاتهم ومالكيهم، وبها تُعدّ البلاغات المستقلة.
origin-publishers = من عندنا، من المعرفة العامة.
