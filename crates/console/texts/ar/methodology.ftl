# المنهجية.
method-intro = كل رقم في هذه الصفحة مقروء من كتاب القواعد الساري: الإصدار { $version }، الإسقاط { $projection }.
method-fold = يحفظ السجل ما أُبلغ عنه، وتحوّل دالة خالصة بلاغاتِ العلاقة إلى مستويات وفق كتاب القواعد هذا؛ فالسجل نفسه مع الكتاب نفسه يعطي المستويات نفسها على أي جهاز. ليس شيء مما هنا حقيقة عن العالم، بل قراءة للبلاغات مدوّنة لكي يُردّ كل مستوى إلى قاعدته.
method-contents = المحتويات
method-dimensions = الأبعاد
method-levels = المستويات والعلامات
method-ladders = السلالم
method-grades = الدرجات
method-memory = الذاكرة
method-posture = الموقف العام
method-organisations = المنظمات
method-kinds = أنواع الأحداث
method-rulebooks = كتب القواعد
method-conduct = لكل علاقة سلوكان، واحد في كل اتجاه، ولكل منهما هذه الأبعاد. السلوك سلوك دول: والسلطة تتصرف باسم دولتها ما دامت تحكم.
method-dimension = البعد
method-means = معناه
method-damping = معامل التخميد c
method-stale = بلا جديد بعد
method-share = وزنه في الموقف العام
method-by-ladder = بسلّم
method-days = { $count ->
    [zero] لا أيام
    [one] يوم واحد
    [two] يومان
    [few] { $count } أيام
    [many] { $count } يوماً
   *[other] { $count } يوم
}
means-posture = مجمل موقف دولة من أخرى: أدلة الأبعاد الأخرى مجمّعة.
means-recognition = هل تعترف الدولة الأخرى بالسلطة التي تحكم الدولة، وإلى أي مدى.
means-declared = آخر تصريح واضح بشأن الاعتراف، أياً كان السلوك.
means-representation = الرتبة الدبلوماسية التي تقبلها دولة من الأخرى.
means-political = الأقوال والزيارات والوساطة والمواقف المعلنة.
means-security = الحدود والقوات والاشتباكات والتعاون الأمني.
means-economic = التجارة والمشاريع والعقوبات.
means-humanitarian = المساعدات واللاجئون والإجلاء.
means-societal = السياسات الاجتماعية وآثارها عبر الحدود.
means-threat = الخطر على الدولة من أراضي الأخرى، ولو لم تقم تلك الدولة بفعل.
method-index-text = لكل بعد، عدا السلالم والتهديد، مؤشر من ‎−10‎ إلى 10، من مجموع ما يقرّب ومجموع ما يوتّر.
method-formula-text = W هو ما بقي اليوم من التقارب، وS ما بقي من التوتر، وc معامل التخميد: كلما كبر لزمت أدلة أكثر للابتعاد عن الصفر.
method-index = مستويات المؤشر
method-strain = مستويات التهديد، على التوتر نفسه
method-mixed = إذا بلغ كل من التقارب والتوتر { $mixed } على الأقل كان البعد متضارباً أياً كان مؤشره.
method-threat-text = ليس في التهديد تقارب: مستواه يتبع ما بقي من التوتر.
method-rises = يُبلغ المستوى صعوداً عند «يُصعد إليه عند» ويُترك نزولاً دون «يُنزل عنه دون»؛ والفرق هامش لئلا تُعلن كل يوم قيمة تتذبذب عند الحد. وأول قيمة تُقارن بالحد نفسه. ولا يرتفع المستوى إلا ببدء دليل أودّ، لا لأن التوتر يتلاشى.
method-mark = العلامة
method-level = المستوى
method-from = من
method-below = إلى ما دون
method-into = يُصعد إليه عند
method-out = يُنزل عنه دون
method-marks = العلامات
method-stale-text = لم يُبلّغ عن جديد طوال المدة المذكورة في جدول الأبعاد، فالمستوى هو آخر ما عُلم.
method-presumed-text = الاعتراف مستنتج من العلاقات أو من العضوية المشتركة في الأمم المتحدة، ولم يُعلن.
method-uncertain-text = اليوم ضمن حدود تاريخ غير دقيق تستند إليه القيمة.
method-ladders-text = الاعتراف والتمثيل سلّمان: لا يتحركان إلا ببلاغات درجتها { $grade } أو أفضل على كل محور، وبأفعال الدولة نفسها.
rung-recognition-none = لا اتصال رسمي معلوماً.
rung-recognition-dealings = اتصال رسمي بلا اعتراف.
rung-recognition-de-facto = أُعلن الاعتراف بحكم الواقع.
rung-recognition-de-jure = أُعلن الاعتراف القانوني، أو يُستنتج من العلاقات.
rung-declared-refuses = تقول إنها لا تعترف.
rung-declared-withholds = تقول إن اتصالاتها ليست اعترافاً.
rung-declared-recognises = تقول إنها تعترف، بحكم الواقع أو قانوناً.
rung-representation-none = لا دبلوماسيين.
rung-representation-special-envoy = مبعوث خاص، بلا بعثة.
rung-representation-interests-section = قسم رعاية مصالح تحت علم دولة ثالثة.
rung-representation-liaison = دبلوماسيون لا تُعرف رتبتهم، أو مكتب اتصال.
rung-representation-consular = قنصلية أو قنصل.
rung-representation-charge = سفارة لا يُعرف رئيسها، أو وزير مفوض، أو قائم بالأعمال.
rung-representation-ambassador = سفير.
method-grades-text = لكل بلاغ درجة من رمز الأميرالية: حرف للمصدر ورقم للمعلومة. ووزنه وزن الحرف مضروباً في وزن الرقم.
method-source = المصدر
letter-a = موثوق تماماً
letter-b = موثوق عادةً
letter-c = موثوق إلى حد ما
letter-d = غير موثوق عادةً
letter-e = غير موثوق
letter-f = لا يمكن الحكم عليه
digit-1 = مؤكدة
digit-2 = صحيحة على الأرجح
digit-3 = ربما صحيحة
digit-4 = مشكوك فيها
digit-5 = مستبعدة
digit-6 = لا يمكن الحكم عليها
method-corroboration = ناشرون آخرون
method-corroboration-text = يرفع الناشرون المستقلون رقم أفضل بلاغ؛ ويُحسب منهم من كانت درجة بلاغه { $grade } أو أفضل، ويُعدّ أصحاب المالك الواحد ناشراً واحداً.
method-step = { $publishers ->
    [zero] لا ناشرين مستقلين
    [one] ناشر مستقل واحد
    [two] ناشران مستقلان
    [few] { $publishers } ناشرين مستقلين
    [many] { $publishers } ناشراً مستقلاً
   *[other] { $publishers } ناشر مستقل
}: { $steps ->
    [zero] لا درجات
    [one] درجة واحدة
    [two] درجتان
    [few] { $steps } درجات
    [many] { $steps } درجة
   *[other] { $steps } درجة
}
method-no-further = المصدر { $letter }: لا أبعد من { $digit }
method-disputes = النفي
method-disputes-text = الحدث الذي ينفيه بلاغ لا يقل عن بلاغه جودةً يبقى له { $left } من وزنه، ويظهر الطرفان كلاهما. والنفي الأضعف يُنقص أقل. وإذا نفى المتهم نفسه حُسب { $accused } من ذلك.
method-memory-text = تتلاشى الأدلة بالأنصاف، ولكل نوع من الأحداث صنف من الذاكرة. أما الحالة القائمة، كالحرب، فتُحسب كاملة ما دامت قائمة.
method-class = الصنف
method-half-life = يبقى نصفها بعد
memory-words = أقوال
memory-words-means = التصريحات والزيارات.
memory-acts = أفعال
memory-acts-means = الطرد والاتفاقات والمساعدات: تبقى بعد من قام بها.
memory-force = قوة
memory-force-means = التهديد بالقوة المسلحة واستعراضها واستخدامها.
method-posture-text = يجمع الموقف العام تقارب الأبعاد وتوترها بهذه الأوزان:
method-lead = ما دام البعد الأمني دون الصفر لا يعلو الموقف العام عنه بأكثر من { $lead } على المؤشر: لا صداقة فوق البنادق.
method-bands = السقوف والحدود الدنيا
method-bands-text = ما هو قائم يقيّد المستويات: الحرب تضع سقفاً والتحالف حداً أدنى. يُؤخذ بأدنى سقف ثم بأعلى حد أدنى. ويسقط الحد الأدنى تحت توتر قدره { $strain } في بعده.
method-trajectory-text = المسار هو أدلة آخر { $days } مجمّعة كما في الموقف العام: نحو التحسن أو التدهور ابتداءً من رصيد { $step }.
method-other = النسب
method-carry = ينتقل { $share } مما كان تجاه حكومة سابقة إلى حكومة جديدة.
method-machine = لا تتجاوز الصفوف المرمّزة آلياً { $share } من المجموع، ولا تحرّك سلّماً.
method-via = يُحسب فعل المنظمة بنسبة { $share } لكل عضو فيها. وتقيّد العضوية المستويات ما دامت الدولتان عضوين:
method-organisation = المنظمة
method-floor = على الأقل
method-ceiling = على الأكثر
method-kinds-text = ما يضيفه حدث من كل نوع قبل الشدة والدرجة والزمن: فوق الصفر يقرّب، ودونه يوتّر، في اتجاه الفعل.
method-kind = النوع
method-weights = الأوزان
method-severity = الشدة
method-limits = الحدود
method-variants = يختلف بالتفصيل
method-mutual = { $share } منه في الاتجاه المعاكس أيضاً
method-contact = اتصال رسمي
method-signal = إشارة ضمنية إلى الاعتراف
method-at-least = { $dimension }: { $level } على الأقل
method-at-most = { $dimension }: { $level } على الأكثر
method-at-most-back = { $dimension }، في الاتجاه المعاكس: { $level } على الأكثر
method-until-closed = ما دام قائماً
method-until-revoked = حتى يُلغى
method-for = لمدة { $days }
method-variants-count = { $count ->
    [zero] لا صيغ
    [one] صيغة واحدة
    [two] صيغتان
    [few] { $count } صيغ
    [many] { $count } صيغة
   *[other] { $count } صيغة
}
method-kinds-count = { $count ->
    [zero] لا أنواع
    [one] نوع واحد
    [two] نوعان
    [few] { $count } أنواع
    [many] { $count } نوعاً
   *[other] { $count } نوع
}
method-file = كتاب القواعد نفسه، مع تعليقات عن أصل كل رقم:
method-projection = الإسقاط
method-version = الإصدار
method-origin = المصدر
method-state = الحالة
method-shipped = أتى مع البرنامج
method-adopted = اعتُمد من ملف
method-unreadable = تتعذر قراءته هنا
method-in-force = ساري
method-candidate = قيد البناء
method-followed = متابَع إلى جانبه
method-kept = محفوظ، وتغيّراته مقروءة
method-earlier = كتاب القواعد المعدَّل إسقاط آخر إلى جانب القديم: يمكن مقارنتهما قبل التبديل، ولا يُمسّ السجل أبداً.
