# Страница страны.
country-names = Названия
country-governed = У власти
country-member = Член организаций
country-member-none = ни одной из организаций, учтённых в исходных данных
country-member-source = по исходным данным
country-pages = Страницы
country-board = Таблица поведения в отношении неё
country-map-towards = Карта поведения в отношении неё
country-map-of = Карта её поведения
country-brief = Справка
country-changes = Изменения
country-relations = Отношения в обе стороны
country-no-relations = Отношения неизвестны.
country-direction = Поведение
country-outgoing = исходящее
country-incoming = входящее
country-trajectory = Динамика
country-flags = Примечания
country-and = ,{" "}
country-count = { $count ->
    [one] { $count } отношение
    [few] { $count } отношения
    [many] { $count } отношений
   *[other] { $count } отношения
}
