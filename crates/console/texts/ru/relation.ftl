# The page of a relation.
relation-links = Это отношение в других видах
relation-brief = Справка для печати
relation-diff = Сравнить два момента
relation-svg = Временная шкала в SVG
relation-csv = История в CSV
relation-levels = Уровни
relation-nothing = До { $date } о событиях в этом отношении ничего не известно.
relation-now = Показать, как сейчас
relation-report = Сообщить о событии
relation-timelines = Временные шкалы
relation-course = Индекс во времени: { $dimension }
relation-no-course = За это время о нём ничего не известно.
relation-index-of = Индекс
relation-events = Новейшие свидетельства
relation-events-of = Показано { $shown } из { $total }.
relation-all-events = Все события, через API
levels-dimension = Измерение
levels-level = Уровень
levels-index = Индекс
levels-warmth = Сближение
levels-strain = Трения
levels-since = С
levels-last = Последнее свидетельство
levels-events = События
levels-notes = Примечания
levels-trend = тенденция
levels-sends = направленный ранг
registers = Реестры
registers-entry = Запись
registers-status = Статус
registers-cut = Эти реестры сокращены до новейших записей; указано число всех:
disputes = Оспариваемые события
disputes-claimed = утверждает
disputes-denied = отрицает
disputes-source = опровергает источник
picture-span = Показанное время
span-1y = 1 год
span-5y = 5 лет
span-20y = 20 лет
span-all = всё
picture-events = все события
picture-index = индекс
picture-masses = сближение (вверх) и трения (вниз), шкала до { $most }
picture-late = записано на { $count ->
    [one] { $count } день
    [few] { $count } дня
    [many] { $count } дней
   *[other] { $count } дня
} позже
picture-cut-steps = Показаны новейшие шаги: { $shown } из { $total }.
picture-cut-events = Показаны новейшие события: { $shown } из { $total }.
picture-legend = Как читать шкалы
picture-legend-line = Линия показывает уровень: чем выше, тем теплее; у угрозы — чем выше, тем опаснее. Где линия прервана, ничего не известно.
picture-legend-soft = Бледное и пунктирное: день в пределах неточной даты.
picture-legend-stale = Редкая штриховка: давно нет новых данных.
picture-legend-barred = Частая штриховка за пунктиром: не допускает потолок или нижний предел, например из-за войны или союза.
picture-legend-late = Кружок: записано через 30 дней после начала или позже.
picture-legend-tick = Засечка: событие, вызвавшее шаг; ведёт к событию. Пунктирная: оспаривается.
picture-legend-sampled = Пределы и числа взяты на дни шагов и событий и не реже раза в месяц, пока это позволяет показанное время.
