# The board.
board-title = Поведение в отношении: { $toward }
board-empty-title = Пока ничего не известно
board-empty = В журнале нет событий. Сообщите о событии или начните с демонстрационных данных:
board-toward = В отношении
board-of = Кто
board-of-all = все, у кого есть известные отношения
board-filter = Показать
board-apply = Применить
board-country = Страна
board-no-rows = Нет стран с подходящим известным поведением.
board-count = { $count ->
    [one] { $count } страна
    [few] { $count } страны
    [many] { $count } стран
   *[other] { $count } страны
}
show-all = все
show-known = с известным общим отношением
show-strained = напряжённые или враждебные в одном из измерений
show-disputed = основанные на оспариваемых событиях
cell-index = индекс { $value }
cell-strain = сила угрозы { $value }
cell-since = с { $date }
cell-last = { $events } до { $date }
cell-events = { $count ->
    [one] { $count } событие
    [few] { $count } события
    [many] { $count } событий
   *[other] { $count } события
}
cell-sources = источники: { $names }
cell-band = ограничено: { $kind }
legend = Что означают знаки
legend-band = уровень удерживается пределом, например войной или союзом
legend-stale = без новых данных: о новом не сообщали так долго, что это лишь последний известный уровень
legend-disputed = основано на оспариваемом событии
legend-unknown = неизвестно, что не равно нулю
legend-limit = удерживается пределом
legend-age = Чем старше свидетельства, тем бледнее клетка: 90 дней, 1 год, 3 года.
board-find = Найти страну
