//! The real binary, as a process that can be killed.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

use detente_client::Client;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The time limit of a step of a test.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// The first port that tests choose, and the number of ports.
const FIRST_PORT: u16 = 10_000;
const PORTS: u16 = 20_000;

/// Returns the path of the binary, which Cargo has built along with this test or bench.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        // HTTP clients need a TLS provider, even for plain HTTP.
        detente_http::tls::install_provider();
        let test = std::env::current_exe().unwrap_or_default();
        let profile = test.ancestors().nth(2).unwrap_or(Path::new("."));
        profile.join("detente-test-bin")
    })
}

/// Returns a free address on loopback, for servers that are restarted on the same port. The port is
/// below those that the system assigns for port 0.
pub fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    for _ in 0..PORTS {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let offset = (std::process::id() % 97) as u16 * 200;
        let port = FIRST_PORT + offset.wrapping_add(step) % PORTS;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return format!("127.0.0.1:{port}");
        }
    }
    panic!("no port is free")
}

/// Starts a command with its output in pipes.
fn spawn(args: &[&str], stdin: Stdio) -> Child {
    spawn_command(Command::new(binary()).args(args), stdin)
}

fn spawn_command(command: &mut Command, stdin: Stdio) -> Child {
    command
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a binary that runs")
}

/// Runs a command.
pub fn run(args: &[&str]) -> Output {
    let child = spawn(args, Stdio::null());
    child.wait_with_output().expect("an output")
}

/// Runs a command with an input on stdin.
pub fn run_on(input: &[u8], args: &[&str]) -> Output {
    let mut child = spawn(args, Stdio::piped());
    let stdin = child.stdin.take();
    let written = stdin.expect("a pipe").write_all(input);
    written.expect("a command that reads its input");
    child.wait_with_output().expect("an output")
}

/// Returns a client of a server that reconnects after a short time.
pub fn api(http: &str) -> Client {
    let (first, last) = (Duration::from_millis(20), Duration::from_millis(500));
    let client = Client::builder(http).backoff(first, last).build();
    client.expect("an address")
}

/// A running command.
#[derive(Debug)]
pub struct Process {
    child: Child,
    stdout_lines: mpsc::Receiver<String>,
    stderr_lines: mpsc::Receiver<String>,
}

impl Process {
    /// Starts a command.
    pub fn start(args: &[&str]) -> Self {
        Self::of(spawn(args, Stdio::null()))
    }

    /// Starts a command with a soft limit of open descriptors.
    pub fn start_with_descriptors(limit: u32, args: &[&str]) -> Self {
        let script = format!("ulimit -S -n {limit} && exec \"$0\" \"$@\"");
        let mut command = Command::new("sh");
        command.args(["-c", &script]).arg(binary()).args(args);
        Self::of(spawn_command(&mut command, Stdio::null()))
    }

    fn of(mut child: Child) -> Self {
        Self {
            stdout_lines: read_lines(child.stdout.take()),
            stderr_lines: read_lines(child.stderr.take()),
            child,
        }
    }

    /// Waits for the next line of stdout.
    pub fn line(&self) -> String {
        match self.stdout_lines.recv_timeout(TIMEOUT) {
            Ok(line) => line,
            Err(_) => panic!(
                "no line; stderr: {:#?}",
                self.stderr_lines.try_iter().collect::<Vec<_>>()
            ),
        }
    }

    /// Waits for a line of stderr with a text. Returns what follows it, up to a blank or a comma.
    pub fn note_after(&self, text: &str) -> String {
        let mut notes = Vec::new();
        while let Ok(note) = self.stderr_lines.recv_timeout(TIMEOUT) {
            if let Some((_, rest)) = note.split_once(text) {
                return rest.split([' ', ',']).next().unwrap_or_default().to_owned();
            }
            notes.push(note);
        }
        panic!("no note with {text:?}; stderr: {notes:#?}")
    }

    /// Returns the resident memory, in KiB.
    pub fn memory_kib(&self) -> Option<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    /// Kills the process with SIGKILL, and waits for its end.
    pub fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// Sends a signal, such as `STOP`.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let name = format!("-{name}");
        drop(Command::new("kill").args([&name, &pid]).status());
    }

    /// Sets the soft limit of open descriptors while it runs.
    pub fn limit_descriptors(&self, limit: u32) {
        let (pid, limit) = (
            format!("--pid={}", self.child.id()),
            format!("--nofile={limit}:"),
        );
        let set = Command::new("prlimit").args([pid, limit]).status();
        assert!(set.expect("prlimit").success());
    }

    /// Sends SIGINT. Returns the exit code.
    pub fn interrupt(&mut self) -> Option<i32> {
        self.signal("INT");
        let until = Instant::now() + TIMEOUT;
        while Instant::now() < until {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.code();
            }
            std::thread::yield_now();
        }
        panic!("it does not stop")
    }

    /// Returns true if the process has ended.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Panics with what the process has logged, if it has ended.
    pub fn assert_runs(&mut self, name: &str) {
        if self.has_ended() {
            let log: Vec<String> = self.stderr_lines.iter().collect();
            panic!("the {name} has ended:\n{}", log.join("\n"));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn read_lines(from: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(from) = from {
        std::thread::spawn(move || {
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    receiver
}

/// Returns the process id of the NATS server of a directory, while that runs.
pub fn nats_pid(directory: &Path) -> Option<u32> {
    let pid = std::fs::read_to_string(directory.join("nats-server.pid")).ok()?;
    let pid = pid.trim().parse().ok()?;
    let command = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let command = String::from_utf8_lossy(&command).into_owned();
    let config = directory.join("nats-server.conf");
    command.contains(&*config.to_string_lossy()).then_some(pid)
}

/// Returns the address of the NATS server of the `detente up` on a data directory, with user and
/// password.
pub fn nats_address(data: &str) -> String {
    let printed = run(&["nats", "env", "-o", "json", "--data-dir", data]).stdout;
    let variables: Value = serde_json::from_slice(&printed).expect("variables");
    let address = variables["DETENTE_NATS"].as_str();
    address.expect("an address").to_owned()
}

/// `detente up` on free ports, with a data directory.
#[derive(Debug)]
pub struct Product {
    /// The process.
    pub process: Process,
    /// Base address of HTTP.
    pub http: String,
    /// Base address of gRPC.
    pub grpc: String,
    /// Address of NATS, with user and password.
    pub nats: String,
    /// The directory of its NATS server.
    pub nats_dir: PathBuf,
    /// The data directory, if it is deleted at the end.
    _data: Option<TempDir>,
}

impl Product {
    /// Starts it with further arguments, and a data directory that is deleted at the end.
    pub fn temporary(more: &[&str]) -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let mut product = Self::up(data.path(), more);
        product._data = Some(data);
        product
    }

    /// Starts it with a data directory and further arguments.
    pub fn up(data: &Path, more: &[&str]) -> Self {
        Self::started(data, more, Process::start)
    }

    /// Starts it with a soft limit of open descriptors.
    pub fn with_descriptors(limit: u32, data: &Path, more: &[&str]) -> Self {
        Self::started(data, more, |args| {
            Process::start_with_descriptors(limit, args)
        })
    }

    fn started(data: &Path, more: &[&str], start: impl Fn(&[&str]) -> Process) -> Self {
        let data = data.display().to_string();
        let mut args = vec![
            "up",
            "-o",
            "json",
            "--http",
            "127.0.0.1:0",
            "--grpc",
            "127.0.0.1:0",
            "--nats-port",
            "0",
            "--data-dir",
        ];
        args.push(&data);
        args.extend(more);
        let process = start(&args);
        let line = process.line();
        let ready: Value = match serde_json::from_str(&line) {
            Ok(ready) => ready,
            Err(error) => panic!("{error}: {line}"),
        };
        let text = |key: &str| ready[key].as_str().unwrap_or_default().to_owned();
        Self {
            process,
            http: text("http"),
            grpc: text("grpc"),
            nats: nats_address(&data),
            nats_dir: PathBuf::from(text("data_dir")),
            _data: None,
        }
    }

    /// Returns the process id of its NATS server, while that runs.
    pub fn nats_pid(&self) -> Option<u32> {
        nats_pid(&self.nats_dir)
    }

    /// Kills its NATS server with SIGKILL.
    pub fn kill_nats(&self) {
        if let Some(pid) = self.nats_pid() {
            drop(Command::new("kill").args(["-9", &pid.to_string()]).status());
        }
    }

    /// Kills everything with SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill();
        self.kill_nats();
    }

    /// Returns a client of its HTTP API.
    pub fn api(&self) -> Client {
        api(&self.http)
    }

    /// Runs a client command against it.
    pub fn client(&self, args: &[&str]) -> Output {
        let mut all = args.to_vec();
        all.extend(["--server", &self.http]);
        run(&all)
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        self.kill();
    }
}
