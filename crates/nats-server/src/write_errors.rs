//! Finds in the server's log that a stream could not be written: it then stores nothing more until
//! the server is started again, while the server itself runs on and answers.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

/// What the server writes when a stream stops, and when JetStream as a whole is switched off.
const TEXTS: [&str; 2] = ["critical write error", "out of space, will be disabled"];
/// The most bytes that are read at once; what came before them is not looked at.
const BYTES_MAX: u64 = 1 << 20;

/// Follows the server's log.
#[derive(Debug)]
pub(super) struct WriteErrors {
    log: PathBuf,
    /// The bytes that were read.
    read: u64,
}

impl WriteErrors {
    /// Begins at the present end of a log, which may not exist yet.
    pub(super) fn new(log: PathBuf) -> Self {
        let read = std::fs::metadata(&log).map_or(0, |file| file.len());
        Self { log, read }
    }

    /// Returns true if a write error was logged since the last call.
    pub(super) fn is_new(&mut self) -> bool {
        self.further()
            .unwrap_or_else(|error| {
                tracing::debug!(%error, "the log of the nats-server cannot be read");
                String::new()
            })
            .lines()
            .any(|line| {
                let line = line.to_lowercase();
                TEXTS.iter().any(|text| line.contains(text))
            })
    }

    fn further(&mut self) -> io::Result<String> {
        let mut file = File::open(&self.log)?;
        let len = file.metadata()?.len();
        // A shorter file is the next one.
        let from = if len < self.read { 0 } else { self.read };
        let from = from.max(len.saturating_sub(BYTES_MAX));
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(len - from).read_to_end(&mut bytes)?;
        // The last line may not be complete.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n');
        bytes.truncate(whole.map_or(0, |end| end + 1));
        self.read = from + bytes.len() as u64;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn a_write_error_is_found_once_in_whole_lines_and_in_the_next_file() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("log");
        let mut errors = WriteErrors::new(path.clone());
        assert!(!errors.is_new(), "there is no log yet");
        let mut log = File::create(&path).expect("a log");
        let mut write = |text: &str| log.write_all(text.as_bytes()).expect("written");
        write("[ERR] Filestore [E] Critical write error: write 6.blk");
        assert!(!errors.is_new(), "the line is not complete");
        write(": no space left on device\n[INF] a line\n");
        assert!(errors.is_new());
        assert!(!errors.is_new());
        assert!(!WriteErrors::new(path.clone()).is_new(), "it is an old one");
        std::fs::write(&path, "JetStream out of space, will be DISABLED\n").expect("a log");
        assert!(errors.is_new());
    }
}
