# The page of reasons.
why-timeline = Временная шкала
why-svg = Основания в SVG
why-rule = Правило
why-rulebook = Свод правил (проекция)
why-formula = Формула
why-numbers = Числа
why-people = Из них сообщено людьми
why-machines = Машинное, до ограничения
why-factors-of = Множители
why-factors = оспариваемое × { $disputed }; за смену власти × { $carried }; машинное не более { $machine }
why-band = Пределы
why-no-band = Ничто действующее не ограничивает уровень.
why-floor-breaks = Нижний предел держится при трениях ниже
why-index = Индекс в пределах
why-bounds = Уровни и границы между ними
why-before = Уровень накануне, без пределов
why-kept = Сохраняется, хотя индекс его покинул
why-weakest = Слабейшая учитываемая оценка
why-authority = Правящая власть
why-by-event = событие, которое это показывает
why-declared = Последнее заявление
why-security = Безопасность допускает не более
why-trend = { $trend }: итог свидетельств за последние { $days ->
    [one] { $days } день
    [few] { $days } дня
    [many] { $days } дней
   *[other] { $days } дня
} — { $balance }; тенденцию создаёт { $step }
why-parts = Сведённые измерения
why-weight = Вес
why-above-all = Прежде всего
why-event = событие
why-for = Определяет или поддерживает уровень
why-beside = Учтено наряду с этим
why-for-warmth = За: сближение
why-against-strain = Против: трения
why-for-strain = За: трения
why-against-warmth = Против: сближение
why-none = Свидетельств нет.
why-uncounted = Не учтено
why-as = как { $role }
why-stands-for = означает: { $level }
why-stands-for-nothing = не означает никакого уровня
why-sets = определяет уровень
why-because = не учтено: { $reason }
why-by = из-за этого события
why-details = Даты и публикации
why-occurred = Произошло
why-published = Опубликовано
why-recorded = Записано
why-settled = В нынешнем виде с
why-position = { $day }позиция { $position }
why-lag = Записано позже на
why-records = Записей о нём; просмотрены только новейшие
why-code = Код PLOVER
why-linked = Связано как то же самое
why-weighing = Как взвешено, даты и публикации
why-part-strain = { $part }% трений
why-part-warmth = { $part }% сближения
why-machine = машинное
why-grade-weight = Вес оценки
why-denied = Доля, снятая опровержениями
why-mutual = Доля для принимающей стороны
why-mass = Масса: произведение
why-age = Давность
why-half-life = Полураспад
why-left = Остаток после распада
why-left-mass = Масса после распада
why-carried = Смен власти с тех пор
why-rounded = Округление
why-rounded-together = вместе с другими свидетельствами
why-rounded-alone = отдельно
why-rest = Учтено ещё { $count ->
    [one] { $count } событие
    [few] { $count } события
    [many] { $count } событий
   *[other] { $count } события
}: сближение { $warmth }, трения { $strain }.
why-rest-ladder = Рассмотрено ещё { $count ->
    [one] { $count } событие.
    [few] { $count } события.
    [many] { $count } событий.
   *[other] { $count } события.
}
why-hidden = Не учтено ещё { $count ->
    [one] { $count } событие.
    [few] { $count } события.
    [many] { $count } событий.
   *[other] { $count } события.
}
why-more = Показать до { $count } из каждого списка
