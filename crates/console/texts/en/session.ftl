# Signing in by a token, and out.
session-title = Sign in
session-token = Token
session-help = A token as “detente token create” prints it. This browser keeps it for at most eight hours; no script can read it.
session-in = Sign in
session-out = Sign out
session-as = Signed in as
session-on = Go on
session-open = No token is needed here: who reaches this server may read, report and amend.
session-wrong = The token is unknown or was revoked. Sign in with another one.
session-strict = If you have signed in already and came here by a link from another site, just go on.
role-reader = reader
role-reporter = reporter
role-editor = editor
role-admin = administrator
