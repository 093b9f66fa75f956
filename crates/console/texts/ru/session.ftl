# Signing in by a token, and out.
session-title = Вход
session-token = Токен
session-help = Токен, который выводит команда detente token create. Браузер хранит его не дольше восьми часов; скриптам он недоступен.
session-in = Войти
session-out = Выйти
session-as = Вы вошли как
session-on = Продолжить
session-open = Токен здесь не нужен: каждый, кому доступен этот сервер, может читать, сообщать и исправлять.
session-wrong = Токен неизвестен или отозван. Войдите с другим.
session-strict = Если вы уже вошли и попали сюда по ссылке с другого сайта, просто продолжите.
role-reader = читатель
role-reporter = корреспондент
role-editor = редактор
role-admin = администратор
