# Texts of all pages.
skip = Перейти к содержанию
nav = Страницы
languages = Языки
nav-board = Таблица
nav-map = Карта
nav-changes = Изменения
nav-report = Сообщить
foot-methodology = Методика
foot-sources = Источники
foot = Нет оценки без правила, нет состояния без свидетельств, нет истории без двух часов.
foot-api = API
clock-bar = Часы
clock-at = Как было
clock-known = Известно на № или время
clock-at-slide = День
clock-known-slide = Известно
clock-recorded = (записано { $day })
clock-play = Пуск
clock-step = Дней за шаг
clock-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
    [many] { $count } дней
   *[other] { $count } дня
}
clock-show = Показать
clock-live = Сейчас
clock-point = Как было { $at }, как было известно на позиции { $known } из { $head }
date-open = в неизвестное время
date-until = до { $to }
date-from = с { $from }
date-between = между { $from } и { $to }
date-uncertain = { $date } (предположительно)
date-about = около { $date }
date-about-uncertain = около { $date } (предположительно)
error-not-found = Страница не найдена
error-not-found-text = По этому адресу нет страницы.
error-to-board = К таблице
error-failed = Сейчас показать нельзя
error-failed-text = Служба не смогла ответить. Сохранённое не потеряно; попробуйте ещё раз через минуту.
error-again = Повторить
error-refused = На этот запрос нельзя ответить
error-field = Параметр
error-given = Указано
error-allowed = Допустимо
error-code = Код
turn-up = при последнем изменении выросло
turn-down = при последнем изменении упало
copy = Копировать
copied = Скопировано
picture-source = Detente, проекция { $projection }
