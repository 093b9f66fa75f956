//! The streams of a command: data to stdout, the rest to stderr.
//!
//! Only this file writes to them. What it writes may have texts that others wrote, and is cleaned of
//! what a terminal would obey.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use detente_api::text;
use serde::Serialize;

use crate::args::OutputFormat;
use crate::env::variable;

/// The width of tables without a terminal.
const WIDTH: usize = 100;
/// The least width of tables.
const WIDTH_MIN: usize = 40;

/// The interval of progress notes.
pub(crate) const PROGRESS_INTERVAL: Duration = Duration::from_secs(2);

/// The two streams of a command, and the format of its data.
pub(crate) struct Output {
    data: Box<dyn Write + Send>,
    notes: Box<dyn Write + Send>,
    format: OutputFormat,
    width: usize,
    to_terminal: bool,
    notes_to_terminal: bool,
}

impl Output {
    /// Returns the streams of the process.
    pub(crate) fn process(format: OutputFormat) -> Self {
        let terminal = terminal_size::terminal_size_of(io::stdout());
        let terminal = terminal.filter(|_| io::stdout().is_terminal());
        let terminal = terminal.map(|(width, _)| usize::from(width.0));
        let columns = variable("COLUMNS").and_then(|columns| columns.parse().ok());
        let width = columns.or(terminal).unwrap_or(WIDTH).max(WIDTH_MIN);
        Self {
            width,
            to_terminal: io::stdout().is_terminal(),
            notes_to_terminal: io::stderr().is_terminal(),
            ..Self::to(Box::new(io::stdout()), Box::new(io::stderr()), format)
        }
    }

    /// Writes data and notes to other streams.
    pub(crate) fn to(
        data: Box<dyn Write + Send>,
        notes: Box<dyn Write + Send>,
        format: OutputFormat,
    ) -> Self {
        Self {
            data,
            notes,
            format,
            width: WIDTH,
            to_terminal: false,
            notes_to_terminal: false,
        }
    }

    /// Discards data and notes.
    pub(crate) fn sink() -> Self {
        Self::to(
            Box::new(io::sink()),
            Box::new(io::sink()),
            OutputFormat::Table,
        )
    }

    pub(crate) const fn format(&self) -> OutputFormat {
        self.format
    }

    /// Returns the width of tables: that of `COLUMNS`, else of the terminal, else 100.
    pub(crate) const fn width(&self) -> usize {
        self.width
    }

    /// Writes a value to stdout: as JSON, or as rendered text.
    pub(crate) fn show<T: Serialize>(
        &mut self,
        value: &T,
        render: impl FnOnce(&Self, &T) -> String,
    ) -> io::Result<()> {
        match self.format {
            OutputFormat::Json => self.json(value),
            OutputFormat::Table => self.text(&render(self, value)),
        }
    }

    /// Returns true if the data goes to a terminal.
    pub(crate) const fn is_terminal(&self) -> bool {
        self.to_terminal
    }

    /// Writes text to stdout, and flushes it.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.data.write_all(text::lines(text).as_bytes())?;
        self.data.flush()
    }

    /// Writes a line to stdout, and flushes it.
    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        self.text(&format!("{line}\n"))
    }

    /// Writes a value as indented JSON to stdout.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let json = serde_json::to_string_pretty(value)?;
        self.line(&text::json(&json))
    }

    /// Writes a value as one line of JSON to stdout.
    pub(crate) fn json_line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let json = serde_json::to_string(value)?;
        self.line(&text::json(&json))
    }

    /// Writes progress to stderr: over the same line of a terminal, else on a line of its own.
    pub(crate) fn progress(&mut self, line: &str) {
        let line = text::line(line);
        // Nothing can be done if stderr is closed.
        let _ = if self.notes_to_terminal {
            // Returns to the start of the line and clears the rest.
            write!(self.notes, "\r{line}\x1b[K").and_then(|()| self.notes.flush())
        } else {
            writeln!(self.notes, "{line}")
        };
    }

    /// Clears the line of the progress on a terminal.
    pub(crate) fn clear_progress(&mut self) {
        if self.notes_to_terminal {
            self.progress("");
        }
    }

    /// Writes a line to stderr.
    pub(crate) fn note(&mut self, line: &str) {
        note(&mut self.notes, line);
    }
}

/// Writes a line to the stderr of the process.
pub(crate) fn to_stderr(line: &str) {
    note(&mut io::stderr().lock(), line);
}

fn note(to: &mut impl Write, line: &str) {
    // Nothing can be done if stderr is closed.
    let _ = to.write_all(text::lines(&format!("{line}\n")).as_bytes());
}

/// Returns the stdout of the process, for data that is not text.
pub(crate) fn raw_stdout() -> impl Write {
    io::stdout().lock()
}

/// The stderr of the process, for logs: each write is of one log line or several.
pub(crate) struct Logs {
    /// True if the subscriber colours them.
    pub(crate) colours: bool,
}

impl Logs {
    /// Returns true if the logs go to a terminal.
    pub(crate) fn is_terminal() -> bool {
        io::stderr().is_terminal()
    }
}

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let cleaned = log(&String::from_utf8_lossy(bytes), self.colours);
        io::stderr().write_all(cleaned.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Cleans log lines. Only an escape that begins a colour stays, if the subscriber writes colours.
fn log(text: &str, colours: bool) -> String {
    let mut parts = text.split('\x1b');
    let mut cleaned = text::lines(parts.next().unwrap_or_default()).into_owned();
    for part in parts {
        let stays = colours && is_colour(part);
        cleaned.push(if stays {
            '\x1b'
        } else {
            char::REPLACEMENT_CHARACTER
        });
        cleaned.push_str(&text::lines(part));
    }
    cleaned
}

/// Returns true for what, after an escape, sets colours and styles, and does nothing else.
fn is_colour(text: &str) -> bool {
    let is_parameter = |letter: char| letter.is_ascii_digit() || letter == ';';
    let rest = text.strip_prefix('[');
    rest.is_some_and(|rest| rest.trim_start_matches(is_parameter).starts_with('m'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Written {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_written_by_any_method() {
        let all: String = ('\0'..=char::MAX).collect();
        type Door = fn(&mut Output, &str);
        let doors: [(&str, Door); 7] = [
            ("text", |out, all| out.text(all).unwrap()),
            ("line", |out, all| out.line(all).unwrap()),
            ("note", |out, all| out.note(all)),
            ("progress", |out, all| out.progress(all)),
            ("json", |out, all| out.json(&[all]).unwrap()),
            ("json line", |out, all| out.json_line(&all).unwrap()),
            ("show", |out, all| {
                out.show(&(), |_, ()| all.to_owned()).unwrap()
            }),
        ];
        for (name, door) in doors {
            let written = Written::default();
            let to = || Box::new(written.clone());
            door(&mut Output::to(to(), to(), OutputFormat::Table), &all);
            let text = written.text();
            let is_bad = |letter| text::is_hazard(letter) && !['\n', '\t'].contains(&letter);
            assert!(!text.contains(is_bad), "{name}");
            assert!(text.contains("abc") && text.contains('\u{200f}'), "{name}");
        }
        assert_eq!(text::lines("row\r\n"), "row\r\n", "lines of a raw terminal");
    }

    #[test]
    fn logs_keep_the_colours_of_the_subscriber_and_no_other_escape() {
        for (text, coloured) in [
            ("\x1b[33m a\u{202e}b\u{9b}", "\x1b[33m a\u{fffd}b\u{fffd}"),
            ("\x1b[m\x1b[1;31mno\x1b[0m\n", "\x1b[m\x1b[1;31mno\x1b[0m\n"),
            ("\x1b[2J\x1b[1;1H", "\u{fffd}[2J\u{fffd}[1;1H"),
            ("\x1b]0;title\x07", "\u{fffd}]0;title\u{fffd}"),
            ("\x1b[?25m\x1b", "\u{fffd}[?25m\u{fffd}"),
            ("\x1b\x1b[33", "\u{fffd}\u{fffd}[33"),
        ] {
            assert_eq!(log(text, true), coloured);
            assert_eq!(log(text, false), coloured.replace('\x1b', "\u{fffd}"));
        }
    }

    /// Lists the files below a directory that name a stream of the process.
    fn writers(directory: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                writers(&path, found);
            }
            if path.extension().is_none_or(|end| end != "rs") {
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap();
            let code: String = code
                .lines()
                .filter(|line| !line.trim().starts_with("//"))
                .collect();
            let streams = [
                "io::stdout",
                "io::stderr",
                "print!(",
                "println!(",
                "error.print(",
            ];
            if streams.iter().any(|stream| code.contains(stream)) {
                found.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }

    #[test]
    fn only_this_file_writes_to_the_streams_of_the_process() {
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut found = Vec::new();
        for entry in std::fs::read_dir(crates).unwrap() {
            let path = entry.unwrap().path();
            if !path.ends_with("testkit") {
                writers(&path.join("src"), &mut found);
            }
        }
        found.sort();
        assert_eq!(found, ["exit_code.rs", "output.rs"]);
    }
}
