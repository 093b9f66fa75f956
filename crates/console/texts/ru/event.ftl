# The page of an event: what is reported of it, and the forms that amend it.
events-title = События
events-none = Подходящих событий нет.
events-party = Сторона
events-pair = Отношения
events-all-kinds = все виды
events-apply = Показать
event-unknown = События с таким идентификатором нет
event-unknown-text = Его не называет ни одна запись журнала, по крайней мере на этой позиции.
event-pending = Событие ещё не поступило
event-pending-text = Записи называют этот идентификатор, но события с ним ещё нет. Они вступят в силу, когда оно поступит.
event-when = Дата
event-grade = Оценка
event-publishers = { $count ->
    [one] ({ $count } независимый источник)
    [few] ({ $count } независимых источника)
   *[other] ({ $count } независимых источников)
}
event-same = То же, что
event-id = Идентификатор
event-recorded = Записано
event-position = позиция { $position }
event-by = автор:
event-sources = Источники
event-records = Записи о нём
event-no-records = Нет: событие стоит так, как о нём сообщили впервые.
event-records-total = Всего { $count }, сначала новые.
event-retracted = Отозвано
event-see-records = См. записи ниже.
event-corrected = { $count ->
    [one] Действует { $count } исправление.
    [few] Действуют { $count } исправления.
   *[other] Действуют { $count } исправлений.
}
event-effects = На что оно влияет
event-no-relations = Ни на какие отношения оно не влияет.
event-more-relations = и ещё отношений: { $count }
event-changes = Изменения, причиной которых оно стало
record-reported = Сообщение
record-corroborated = Ещё один источник
record-disputed = Опровержение
record-corrected = Исправление
record-retracted = Отзыв
record-linked = Связано как то же событие
record-unlinked = Связь снята
record-tick = Начало дня
record-no-effect = не действует
record-retract = Отозвать эту запись
record-by = Отрицает
record-of = Запись
record-cleared = удалено
amend-corroborate = Добавить источник
amend-dispute = Записать опровержение
amend-correct = Исправить
amend-retract = Отозвать
amend-link = Связать с другим событием
amend-unlink = Снять связь
amend-corroborate-effect = Ещё одна публикация о том же событии. Независимые источники повышают его оценку.
amend-dispute-effect = Сторона отрицает событие, или источник ему противоречит. Событие остаётся с пометкой «оспаривается»; по оценкам обеих сторон оно весит меньше или не учитывается.
amend-correct-effect = Измените то, что неверно. Исправление действует, если его оценка не хуже лучшего сообщения или если оно от первого источника. Прежние сведения остаются доступны.
amend-retract-effect = Запись перестаёт действовать, как если бы о событии не сообщали. В журнале она остаётся вместе с причиной.
amend-link-effect = Это одно событие: оно учитывается один раз, с источниками обоих.
amend-unlink-effect = Это всё-таки два разных события.
amend-by = Кто отрицает
amend-by-help = Сторона, если она есть; иначе оставьте пустым.
amend-claim = Что утверждается вместо этого
amend-claim-help = Словами стороны или источника.
amend-reason = Причина
amend-reason-help = Её всегда сможет прочитать каждый.
amend-other = Другое событие
amend-other-help = Идентификатор или адрес страницы.
amend-kind-help = Выбрав другой вид, проверьте форму: подробности могут отличаться.
amend-check = Проверить
amend-cancel = Назад к событию
amend-confirm-title = Будет записано
amend-confirm = Подтвердить
amend-no-preview = Что изменит поправка, видно на странице события после записи. Её можно отозвать.
