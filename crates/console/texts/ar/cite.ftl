# Events in lists.
cite-retracted = مسحوب
grade-meaning = المصدر: { $source }. المعلومة: { $information }.
grade-a = موثوق تماماً
grade-b = موثوق عادةً
grade-c = موثوق إلى حدٍّ ما
grade-d = غير موثوق عادةً
grade-e = غير موثوق
grade-f = لا يمكن الحكم على موثوقيته
grade-1 = تؤكدها مصادر أخرى
grade-2 = صحيحة على الأرجح
grade-3 = قد تكون صحيحة
grade-4 = مشكوك في صحتها
grade-5 = مستبعدة
grade-6 = لا يمكن الحكم على صحتها
