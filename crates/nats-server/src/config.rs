//! The server's configuration, written anew at each start.

use std::path::Path;

use crate::LocalError;
use crate::home::Home;

/// The store's limit, far beyond any disk that this runs on. Left alone, the server takes three
/// quarters of what is free when it starts, and does not count what it holds itself: after a
/// restart on a half-full disk it would refuse to write.
const MAX_FILE_STORE: &str = "1TB";
/// Nothing of ours is kept in memory but small consumers.
const MAX_MEMORY_STORE: &str = "256MB";

/// The text for a port, nought being any free one.
pub(super) fn text(home: &Home, port: u16, max_payload: usize) -> Result<String, LocalError> {
    let listen = if port == 0 {
        "-1".to_owned()
    } else {
        port.to_string()
    };
    let store = quoted(&home.store())?;
    let pid_file = quoted(&home.pid_file())?;
    let log_file = quoted(&home.log_file())?;
    let ports_dir = quoted(&home.ports_dir())?;
    Ok(format!(
        "# Written by detente at each start; changes are lost.\n\
         server_name: \"detente-local\"\n\
         listen: \"127.0.0.1:{listen}\"\n\
         max_payload: {max_payload}\n\
         pid_file: {pid_file}\n\
         ports_file_dir: {ports_dir}\n\
         log_file: {log_file}\n\
         logfile_size_limit: 10MB\n\
         logfile_max_num: 3\n\
         jetstream {{\n\
         \x20 store_dir: {store}\n\
         \x20 # An answer means that the data is on disk.\n\
         \x20 sync_interval: always\n\
         \x20 max_file_store: {MAX_FILE_STORE}\n\
         \x20 max_memory_store: {MAX_MEMORY_STORE}\n\
         }}\n"
    ))
}

/// A path in quotes. The format has escapes, but a path that needs them is refused.
pub(super) fn quoted(path: &Path) -> Result<String, LocalError> {
    let bad = |c: char| c == '"' || c == '\\' || c.is_control();
    match path.to_str() {
        Some(text) if !text.contains(bad) => Ok(format!("\"{text}\"")),
        Some(_) | None => Err(LocalError::Path {
            path: path.to_owned(),
        }),
    }
}
