# الخريطة.
map-title-towards = السلوك تجاه { $country }: { $dimension }
map-title-of = سلوك { $country }: { $dimension }
map-point = كما كان في { $at }، كما كان معلوماً عند الموضع { $known }.
map-country = الدولة
map-conducts = السلوك
map-towards = سلوك الآخرين تجاهها
map-of = سلوكها تجاه الآخرين
map-dimension = البعد
map-note = لكل دولة مربع واحد قرب موقعها وبجوار جيرانها. لا تدل المربعات على مساحة ولا على حدود، ولا تنحاز إلى طرف في أي نزاع حدودي.
map-without = بلا مربع
map-age = كلما قدمت الأدلة بهت لون المربع: 90 يوماً، سنة، ثلاث سنوات.
map-formats = صيغ أخرى
map-events = الأحداث
map-missions = البعثات
map-missions-open = البعثات المفتوحة
map-missions-closed = { $count ->
    [zero] لا بعثات مغلقة
    [one] بعثة مغلقة واحدة
    [two] بعثتان مغلقتان
    [few] { $count } بعثات مغلقة
    [many] { $count } بعثة مغلقة
   *[other] { $count } بعثة مغلقة
}
map-no-missions = لا بعثة معلومة.
mission-host = الدولة المضيفة
mission-sender = الدولة المرسِلة
mission-type = النوع
mission-city = المدينة
mission-status = الحالة
mission-since = منذ
mission-held = المقر بيد
