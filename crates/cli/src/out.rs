//! Where a command writes: data to stdout, the rest to stderr.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::ambient::variable;
use crate::args::Output;

/// The width of tables where there is no terminal.
const WIDTH: usize = 100;
/// Nothing can be shown within less.
const WIDTH_MIN: usize = 40;

/// The two streams of a command, and the form of its data.
pub struct Out {
    data: Box<dyn Write + Send>,
    notes: Box<dyn Write + Send>,
    form: Output,
    width: usize,
}

impl std::fmt::Debug for Out {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Out")
            .field("form", &self.form)
            .field("width", &self.width)
            .finish()
    }
}

impl Out {
    /// The process's own streams.
    #[must_use]
    pub fn process(form: Output) -> Self {
        let terminal = terminal_size::terminal_size_of(io::stdout());
        let terminal = terminal.filter(|_| io::stdout().is_terminal());
        let terminal = terminal.map(|(width, _)| usize::from(width.0));
        let given = variable("COLUMNS").and_then(|columns| columns.parse().ok());
        let width = given.or(terminal).unwrap_or(WIDTH).max(WIDTH_MIN);
        Self {
            data: Box::new(io::stdout()),
            notes: Box::new(io::stderr()),
            form,
            width,
        }
    }

    /// Any streams, such as a test's.
    #[must_use]
    pub fn to(data: Box<dyn Write + Send>, notes: Box<dyn Write + Send>, form: Output) -> Self {
        Self {
            data,
            notes,
            form,
            width: WIDTH,
        }
    }

    /// The form of the data.
    #[must_use]
    pub const fn form(&self) -> Output {
        self.form
    }

    /// How wide tables may be: as `COLUMNS` says, or the terminal; a hundred without either.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Writes text to stdout.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.data.write_all(text.as_bytes())?;
        self.data.flush()
    }

    /// Writes a line to stdout, at once.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.data, "{line}")?;
        self.data.flush()
    }

    /// Writes a value as indented JSON to stdout.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(value)?;
        self.line(&text)
    }

    /// Writes a value as one line of JSON to stdout, at once.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn json_line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(value)?;
        self.line(&text)
    }

    /// Says how far something came: on one line of a terminal, else on a line of its own.
    pub fn progress(&mut self, line: &str, terminal: bool) {
        // Nobody can be told that stderr is closed.
        let _ = if terminal {
            // To the line's beginning, and its rest cleared.
            write!(self.notes, "\r{line}\x1b[K").and_then(|()| self.notes.flush())
        } else {
            writeln!(self.notes, "{line}")
        };
    }

    /// Says something to the person: stderr.
    pub fn note(&mut self, line: &str) {
        // Nobody can be told that stderr is closed.
        let _ = writeln!(self.notes, "{line}");
    }
}
