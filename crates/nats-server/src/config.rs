//! The server's configuration, rewritten at each start.

use std::path::Path;

use crate::access::{Password, USER};
use crate::data_dir::{DataDir, LOG, PID, PORTS, STORE};
use crate::error::LocalServerError;

/// Only small consumers are kept in memory.
const MAX_MEMORY_STORE: &str = "256MB";

/// Returns the configuration for a port; 0 is any free one.
pub(super) fn text(
    data_dir: &DataDir,
    port: u16,
    max_payload: usize,
    file_store_max: u64,
    password: Option<&Password>,
) -> Result<String, LocalServerError> {
    let listen = if port == 0 {
        "-1".to_owned()
    } else {
        port.to_string()
    };
    let store = quoted(&data_dir.path(STORE))?;
    let pid_file = quoted(&data_dir.path(PID))?;
    let log_file = quoted(&data_dir.path(LOG))?;
    let ports_dir = quoted(&data_dir.path(PORTS))?;
    // A busy machine may take longer than the default of two seconds to read a user's password.
    let authorization = password.map_or_else(String::new, |password| {
        let password = password.reveal();
        format!("authorization {{ user: {USER}, password: \"{password}\", timeout: 10 }}\n")
    });
    Ok(format!(
        "# Written by detente at each start; changes are lost.\n\
         server_name: \"detente-local\"\n\
         listen: \"127.0.0.1:{listen}\"\n\
         max_payload: {max_payload}\n\
         {authorization}\
         pid_file: {pid_file}\n\
         ports_file_dir: {ports_dir}\n\
         log_file: {log_file}\n\
         logfile_size_limit: 10MB\n\
         logfile_max_num: 3\n\
         jetstream {{\n\
         \x20 store_dir: {store}\n\
         \x20 # An answer means that the data is on disk.\n\
         \x20 sync_interval: always\n\
         \x20 max_file_store: {file_store_max}\n\
         \x20 max_memory_store: {MAX_MEMORY_STORE}\n\
         }}\n"
    ))
}

/// Quotes a path. A path that needs escapes is refused.
fn quoted(path: &Path) -> Result<String, LocalServerError> {
    let bad = |c: char| c == '"' || c == '\\' || c.is_control();
    match path.to_str() {
        Some(text) if !text.contains(bad) => Ok(format!("\"{text}\"")),
        Some(_) | None => Err(LocalServerError::Path {
            path: path.to_owned(),
        }),
    }
}
