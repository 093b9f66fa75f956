//! Messages of the TOML parser, rewritten for people who edit a file of numbers.

/// Rewrites a message of the TOML parser.
pub(crate) fn explain(message: &str) -> String {
    /// By the beginning of a message.
    const MESSAGES: [(&str, &str); 12] = [
        (
            "unclosed table",
            "the heading lacks its closing bracket; it is written as [levels]",
        ),
        (
            "key with no value",
            "the key has no value; a line is written as key = value",
        ),
        (
            "string values must be quoted",
            "the value is missing, or it is a text without quotes",
        ),
        ("invalid basic string", "a text lacks its closing quote"),
        ("invalid literal string", "a text lacks its closing quote"),
        (
            "unexpected key or value",
            "there is more than one value on the line; a decimal is written with a point, as 1.5",
        ),
        ("duplicate key", "this key or heading is in the file twice"),
        (
            "missing comma",
            "a list is not closed, or a comma is missing in it",
        ),
        ("unclosed array", "a list lacks its closing bracket"),
        ("unclosed inline table", "a group lacks its closing brace"),
        (
            "missing opening quote",
            "the value is neither a number, such as 12 or 0.5, nor a text in quotes",
        ),
        ("invalid", "the value is not a number, such as 12 or 0.5"),
    ];
    let found = MESSAGES
        .iter()
        .find(|(beginning, _)| message.starts_with(beginning));
    match found {
        Some((_, explained)) => (*explained).to_owned(),
        None => format!("this is not TOML: {message}"),
    }
}
