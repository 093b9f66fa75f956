//! Checks of the data directory: that it can be written and is private, and the space on its disk.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Instant;

use detente_nats_server::PASSWORD_FILE;

use super::{Code, Finding, bad, good};
use crate::args::Local;
use crate::{env, nats};

/// The bytes that are written to find out whether the disk takes them.
static PROBE: [u8; 1 << 20] = [0x5a; 1 << 20];
const MIB: u64 = 1 << 20;
/// The bits of a mode that let others in.
const OTHERS: u32 = 0o077;

/// Checks the data directory, whose disk needs so many MiB of free space.
pub(super) fn check(local: &Local, free_mib: u64) -> Vec<Finding> {
    let dir = match nats::local_dir(local) {
        Ok(dir) => dir,
        Err(error) => {
            let found = error.to_string();
            return vec![bad(
                Code::DataDirUnwritable,
                "data",
                found,
                "give --data-dir DIR",
            )];
        }
    };
    // A missing directory is created in its nearest existing ancestor.
    let existing = dir.ancestors().find(|dir| dir.exists());
    let existing = existing.unwrap_or(Path::new("/"));
    let mut findings = vec![writable(&dir, existing), space(existing, free_mib)];
    findings.extend(private(&dir));
    findings
}

/// Writes a file, syncs it and removes it.
fn writable(dir: &Path, existing: &Path) -> Finding {
    let shown = dir.display();
    let probe = existing.join(format!(".detente-{}", env::id().simple()));
    let begun = Instant::now();
    let written = write(&probe);
    let took = begun.elapsed().as_millis();
    // There is none if it could not be made.
    let _ = fs::remove_file(&probe);
    match written {
        Ok(()) => {
            let state = if dir.exists() {
                "exists"
            } else {
                "will be created"
            };
            let found = format!("{shown} {state}; 1 MiB was on its disk after {took} ms");
            good("data", found)
        }
        Err(error) => {
            let found = format!("{shown} cannot be written: {error}");
            let advice = "make room, or give --data-dir DIR";
            bad(Code::DataDirUnwritable, "data", found, advice)
        }
    }
}

fn write(path: &Path) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(&PROBE)?;
    file.sync_all()
}

fn space(existing: &Path, free_mib: u64) -> Finding {
    let free = match rustix::fs::statvfs(existing) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize) / MIB,
        Err(error) => {
            let found = format!("the free space is not known: {error}");
            return bad(Code::DiskLow, "disk", found, "give --data-dir DIR");
        }
    };
    let found = format!("{free} MiB are free");
    if free >= free_mib {
        return good("disk", found);
    }
    let advice = format!("make room for {free_mib} MiB, or move the data to another disk");
    bad(Code::DiskLow, "disk", found, advice)
}

/// Checks that no other user can read the data and the password of its server.
fn private(dir: &Path) -> Option<Finding> {
    let password = dir.join(PASSWORD_FILE);
    let exposed = [dir, &password].into_iter().filter_map(|path| {
        let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
        (mode & OTHERS != 0).then(|| format!("{} has mode {mode:03o}", path.display()))
    });
    let exposed: Vec<String> = exposed.collect();
    if !exposed.is_empty() {
        let advice = format!(
            "`chmod 700 {}`; if others could read the password, remove it and start again",
            dir.display()
        );
        let found = exposed.join(", ");
        return Some(bad(Code::DataDirExposed, "privacy", found, advice));
    }
    dir.exists()
        .then(|| good("privacy", "only this user can read the data"))
}
