//! The child process and its signals.
//!
//! A thread of its own starts the child and waits for it: the kernel's parent-death signal is bound
//! to the thread that forked, and a worker of the runtime may end before this process.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::{oneshot, watch};

/// The signals that end a server, and the time that each is given: a clean stop, then a kill.
pub(super) const STOP_SIGNALS: [(Signal, Duration); 2] = [
    (Signal::TERM, Duration::from_secs(10)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// A child process. Dropping it sends [`Signal::TERM`].
#[derive(Debug)]
pub(super) struct Child {
    pid: u32,
    /// The exit status, once it has ended.
    end: watch::Receiver<Option<String>>,
}

impl Child {
    /// Starts the server with a configuration. Its output goes to the file `errors`.
    pub(super) async fn spawn(program: &Path, config: &Path, errors: &Path) -> io::Result<Child> {
        let mut command = command(program).await;
        command.arg("-c").arg(config);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(errors)?);
        // Ctrl-C in a terminal must not reach the server: it is stopped after its clients.
        command.process_group(0);
        let (started_tx, started) = oneshot::channel();
        let (end_tx, end) = watch::channel(None);
        std::thread::Builder::new()
            .name("nats-server".to_owned())
            .spawn(move || {
                let mut child = match command.spawn() {
                    Ok(child) => child,
                    Err(error) => return drop(started_tx.send(Err(error))),
                };
                drop(started_tx.send(Ok(child.id())));
                let end = child.wait();
                let end = end.map_or_else(|error| error.to_string(), |end| end.to_string());
                end_tx.send_replace(Some(end));
            })?;
        let pid = started.await.map_err(io::Error::other)??;
        Ok(Child { pid, end })
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Returns true if it has ended.
    pub(super) fn is_gone(&self) -> bool {
        self.end.borrow().is_some()
    }

    /// Waits for its end, and returns the exit status.
    pub(super) async fn ended(&mut self) -> String {
        match self.end.wait_for(Option::is_some).await {
            Ok(end) => end.clone().unwrap_or_default(),
            Err(_) => "unknown status".to_owned(),
        }
    }

    pub(super) fn signal(&self, sign: Signal) {
        if !self.is_gone() {
            signal(self.pid, sign);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
    }
}

/// Sends a signal. Errors are ignored, such as for a process that has ended.
pub(super) fn signal(pid: u32, sign: Signal) {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return;
    };
    if let Err(error) = kill_process(pid, sign) {
        tracing::debug!(%error, ?pid, "a process could not be signalled");
    }
}

/// Returns the command line of a process, empty or `None` if it has ended.
pub(super) fn command_line(pid: u32) -> Option<Vec<u8>> {
    if Path::new("/proc/self").exists() {
        return std::fs::read(format!("/proc/{pid}/cmdline")).ok();
    }
    let output = Command::new("ps")
        .args(["-o", "args=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    Some(output.stdout)
}

/// Returns the command, with the parent-death signal where `setpriv` is installed.
async fn command(program: &Path) -> Command {
    let flags = ["--pdeathsig", "TERM", "--"];
    let mut probe = tokio::process::Command::new("setpriv");
    probe.args(flags).arg("true").kill_on_drop(true);
    probe
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if probe.status().await.is_ok_and(|status| status.success()) {
        let mut command = Command::new("setpriv");
        command.args(flags).arg(program);
        return command;
    }
    tracing::debug!("setpriv is missing: the server may outlive this process until the next start");
    Command::new(program)
}
