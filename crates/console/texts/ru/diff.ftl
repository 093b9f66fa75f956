# The differences between two points of the two clocks.
diff-title = Что изменилось: { $conduct }
diff-to-relation = К отношениям
diff-other-way = В обратном направлении
diff-before = До
diff-after = После
diff-from = Как было
diff-known_from = Как было известно на позиции или на момент
diff-to = Как было
diff-known_to = Как было известно на позиции или на момент
diff-compare = Сравнить
diff-presets = Готовые варианты
diff-since-yesterday = Со вчерашнего дня
diff-since-week = За неделю
diff-since-month = За месяц
diff-since-year = За год
diff-since-position = Стало известно с позиции
diff-point = { $at }, как было известно на позиции { $known }
diff-between = От: { $before }. До: { $after }.
diff-nothing = Между этими двумя точками различий нет.
diff-happened = Произошло
diff-happened-hint = Это изменили события между двумя днями.
diff-learned = Стало известно
diff-learned-hint = Сообщения между двумя позициями изменили то, что известно о первом дне.
diff-lapsed = Прошло время
diff-lapsed-hint = Событий, вызвавших это, нет: свидетельства утратили вес или истёк срок.
diff-numbers = { $count ->
    [one] Только индекс изменился в { $count } измерении
    [few] Только индекс изменился в { $count } измерениях
    [many] Только индекс изменился в { $count } измерениях
   *[other] Только индекс изменился в { $count } измерениях
}
diff-total = { $count ->
    [one] всего { $count } различие
    [few] всего { $count } различия; остальные — в истории отношений
    [many] всего { $count } различий; остальные — в истории отношений
   *[other] всего { $count } различия; остальные — в истории отношений
}
diff-arrow = →
diff-then = затем
diff-why-before = Почему было так
diff-why-after = Почему стало так
diff-state-before = Отношения до этого
diff-state-after = Отношения после этого
diff-lag = { $count ->
    [one] записано на { $count } день позже
    [few] записано на { $count } дня позже
    [many] записано на { $count } дней позже
   *[other] записано на { $count } дня позже
}
diff-silent = отозвано или учтено связанным событием
