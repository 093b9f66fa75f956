//! What the TOML reader says, in plain words.

/// What a parser of TOML says, for somebody who edits a file of numbers.
pub(super) fn plainly(message: &str) -> String {
    const WORDS: [(&str, &str); 12] = [
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
        (
            "duplicate key",
            "this key or heading stands in the file twice",
        ),
        (
            "missing comma",
            "a list is not closed, or a comma is missing in it",
        ),
        ("unclosed array", "a list lacks its closing bracket"),
        ("unclosed inline table", "a group lacks its closing brace"),
        (
            "missing opening quote",
            "the value is neither a number, as 12 or 0.5, nor a text in quotes",
        ),
        (
            "invalid",
            "the value is no number; it is written as 12 or 0.5",
        ),
    ];
    let found = WORDS.iter().find(|(said, _)| message.starts_with(said));
    match found {
        Some((_, plain)) => (*plain).to_owned(),
        None => format!("the file cannot be read as TOML here: {message}"),
    }
}

#[cfg(test)]
mod tests {
    /// The first problem of a file, as it is told.
    fn told(text: &str) -> String {
        let problems = crate::parse(text).unwrap_err();
        problems.first().unwrap().to_string()
    }

    #[test]
    fn what_is_no_toml_is_told_in_plain_words_with_its_line() {
        for (text, line, words) in [
            ("[grades", 1, "closing bracket"),
            ("\na\n", 2, "has no value"),
            ("a = 1\nb = abc", 2, "without quotes"),
            ("a = \"abc\nb = 1", 1, "closing quote"),
            ("a = 1,5", 1, "decimal is written with a point"),
            ("a = 1\na = 2", 2, "twice"),
            ("a = 1.2.3", 1, "no number"),
            ("a = .5", 1, "no number"),
            ("a = [1, 2\nb = 1", 2, "list"),
        ] {
            let told = told(text);
            assert!(
                told.starts_with(&format!("line {line}: ")),
                "{text}: {told}"
            );
            assert!(told.contains(words), "{text}: {told}");
        }
    }
}
