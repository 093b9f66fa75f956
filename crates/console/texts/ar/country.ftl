# صفحة دولة.
country-names = الأسماء
country-governed = تحكمها
country-member = عضو في
country-member-none = ليست عضواً في أي منظمة مدرجة في البيانات الأساسية
country-member-source = وفق البيانات الأساسية
country-pages = صفحات
country-board = لوحة السلوك تجاهها
country-map-towards = خريطة السلوك تجاهها
country-map-of = خريطة سلوكها
country-brief = ملخص
country-changes = التغيّرات
country-relations = العلاقات في الاتجاهين
country-no-relations = لا تُعرف أي علاقة.
country-direction = السلوك
country-outgoing = صادر عنها
country-incoming = وارد إليها
country-trajectory = المسار
country-flags = ملاحظات
country-and = ،{" "}
country-count = { $count ->
    [zero] لا علاقات
    [one] علاقة واحدة
    [two] علاقتان
    [few] { $count } علاقات
    [many] { $count } علاقة
   *[other] { $count } علاقة
}
