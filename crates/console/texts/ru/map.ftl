# Карта.
map-title-towards = Поведение в отношении: { $country } — { $dimension }
map-title-of = Поведение: { $country } — { $dimension }
map-point = Как было { $at }, как было известно на позиции { $known }.
map-country = Страна
map-conducts = Поведение
map-towards = всех остальных в отношении неё
map-of = её в отношении всех остальных
map-dimension = Измерение
map-note = Одна плитка на государство, близко к его месту и рядом с соседями. Плитки не передают ни размеров, ни границ и не занимают ничьей стороны в территориальных спорах.
map-without = Без плитки
map-age = Чем старше свидетельства, тем бледнее плитка: 90 дней, 1 год, 3 года.
map-formats = Другие формы
map-events = События
map-missions = Представительства
map-missions-open = Открытые представительства
map-missions-closed = { $count ->
    [one] { $count } закрытое представительство
    [few] { $count } закрытых представительства
    [many] { $count } закрытых представительств
   *[other] { $count } закрытого представительства
}
map-no-missions = Ни одно представительство не известно.
mission-host = Принимает
mission-sender = Направляет
mission-type = Вид
mission-city = Город
mission-status = Статус
mission-since = С
mission-held = Помещения под контролем
