# Briefs.
brief-title = Справка: { $name }
brief-point = Состояние на { $at }, как было известно на позиции { $known } журнала; свод правил { $rulebook }, проекция { $projection }
brief-print = Напечатайте эту страницу или сохраните её в PDF командой печати браузера.
brief-changes = Изменения за последние 12 месяцев
brief-no-changes = За последние 12 месяцев ничего не изменилось.
brief-cause = причина
brief-sources = Источники
brief-cite = Как цитировать
brief-chicago = Detente. «{ $title }». { $point }. Дата обращения: { $today }.
brief-registers = Что действует
brief-governed = У власти: { $by }
brief-newest = Новейшие события
brief-no-relations = Об отношениях ничего не известно.
brief-with = С кем
brief-way = Чьё поведение
brief-out = своё
brief-in = другой стороны
