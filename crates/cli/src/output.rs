//! The streams of a command: data to stdout, the rest to stderr.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

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
    /// True if the notes go to a terminal.
    terminal: bool,
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
            terminal: io::stderr().is_terminal(),
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
            terminal: false,
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

    /// Writes text to stdout, and flushes it.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.data.write_all(text.as_bytes())?;
        self.data.flush()
    }

    /// Writes a line to stdout, and flushes it.
    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.data, "{line}")?;
        self.data.flush()
    }

    /// Writes a value as indented JSON to stdout.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        self.line(&text)
    }

    /// Writes a value as one line of JSON to stdout.
    pub(crate) fn json_line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(value)?;
        self.line(&text)
    }

    /// Writes progress to stderr: over the same line of a terminal, else on a line of its own.
    pub(crate) fn progress(&mut self, line: &str) {
        // Nothing can be done if stderr is closed.
        let _ = if self.terminal {
            // Returns to the start of the line and clears the rest.
            write!(self.notes, "\r{line}\x1b[K").and_then(|()| self.notes.flush())
        } else {
            writeln!(self.notes, "{line}")
        };
    }

    /// Clears the line of the progress on a terminal.
    pub(crate) fn clear_progress(&mut self) {
        if self.terminal {
            self.progress("");
        }
    }

    /// Writes a line to stderr.
    pub(crate) fn note(&mut self, line: &str) {
        // Nothing can be done if stderr is closed.
        let _ = writeln!(self.notes, "{line}");
    }
}
