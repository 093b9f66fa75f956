# The form that reports an event, and what all forms have.
form-required = (обязательно)
form-refused = { $count ->
    [one] { $count } ошибка
    [few] { $count } ошибки
   *[other] { $count } ошибок
}
form-failed = Журнал сейчас не принял запись. Форма сохранена: отправьте её ещё раз через минуту, запись появится один раз.
refusal-missing = это не заполнено
refusal-date = это не дата
refusal-party = такая сторона не известна
refusal-party-existed = в то время этой стороны не существовало
refusal-both-sides = сторона названа дважды или стоит с обеих сторон
refusal-value = значение не подходит
refusal-url = это не веб-адрес
refusal-language = это не код языка
refusal-grade = нужны обе части оценки
refusal-long = текст слишком длинный
refusal-text = текст пуст или содержит управляющие символы
refusal-id = это не идентификатор события
refusal-conflict = такой идентификатор уже есть у другого события; откройте форму заново
refusal-nothing-new = ничто не отличается от записанного
refusal-role = с вашим токеном это не разрешено
list-comma = { ", " }
list-older = Более ранние
report-title = Сообщить о событии
report-lead = Укажите, что произошло, посмотрите, что изменится, и отправьте. До последнего шага ничего не сохраняется.
report-search = Что произошло?
report-search-help = Слово на русском, арабском или английском: «перемирие», «غارة», embassy.
report-search-go = Найти
report-found = { $count ->
    [0] Ни один вид не подходит. Попробуйте другое слово или выберите из списка.
    [one] Подходит { $count } вид
    [few] Подходят { $count } вида
   *[other] Подходят { $count } видов
}
report-list = Все виды
report-kind = Вид
report-choose = Дальше
report-other-kind = Выбрать другой вид
report-preview = Предварительный просмотр
report-send = Отправить сообщение
report-elsewhere = Эта служба только отвечает на запросы. Сообщайте о событиях через API шлюза или из командной строки:
report-who = Кто
report-actors = Кто действовал
report-actors-help = Название, другое имя или код. Организация действует за своих членов. После просмотра появятся ещё поля.
report-recipients = По отношению к кому
report-recipients-help = Другая сторона. Оставьте пустым, если стороны действовали совместно.
report-party = { $side }, { $number }
report-when = Когда
report-occurred = Дата
report-occurred-help = 2023-03-23 или менее точно: 2023-03, 2023, 2023-03-XX, 2023~ (около), 2021-08/2023-04 (между), 2023/.. (с).
report-details = Подробности
report-more-details = Другие подробности
report-severity = Тяжесть
severity-unsaid = не указана
severity-otherwise = считается: { $word }, если число не говорит о большем
report-title-in = Заголовок, язык: { $language }
report-titles = Заголовок
report-other-titles = На других языках
report-titles-help = Одно предложение хотя бы на одном языке.
report-source = Источник
report-publisher = Кто опубликовал
report-publisher-help = Например, агентство или министерство.
report-url = Веб-адрес
report-published = Дата публикации
report-published-help = В том же виде, что и дата выше.
report-language = Язык
report-language-help = Код, например ar.
report-quote = Цитата
report-quote-help = Слова источника, в которых говорится о событии.
report-reliability = Надёжность источника
report-credibility = Достоверность сведений
report-grade-help = Без обеих частей сообщение получает оценку F6, которая ничего не утверждает.
subject-diplomacy = Дипломатия
subject-status = Признание и статус
subject-agreements = Соглашения и мир
subject-words = Заявления
subject-force = Война и сила
subject-groups = Вооружённые группы и безопасность
subject-economy = Торговля, санкции и проекты
subject-movement = Границы, воздушное пространство и визы
subject-people = Помощь и беженцы
preview-title = Если вы об этом сообщите
preview-similar = Возможно, это уже известно
preview-changes = Что изменится
preview-unchanged = Ничего не изменится.
preview-changes-left-out = { $count ->
    [one] и ещё { $count } изменение
    [few] и ещё { $count } изменения
   *[other] и ещё { $count } изменений
}
preview-relations-left-out = { $count ->
    [one] Не рассмотрено { $count } отношение.
    [few] Не рассмотрены { $count } отношения.
   *[other] Не рассмотрено { $count } отношений.
}
preview-edit = Или измените форму ниже и посмотрите снова.
preview-apart = { $days ->
    [0] та же дата
    [one] разница { $days } день
    [few] разница { $days } дня
   *[other] разница { $days } дней
}
preview-corroborate = Добавить как ещё один источник
