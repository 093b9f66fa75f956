//! The real binary, as a process that can be killed.

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

/// How long anything may take before a test has failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Ports that tests choose: `SPAN` of them from `LOWEST` on.
const LOWEST: u16 = 10_000;
const SPAN: u16 = 20_000;

/// The product's binary, which Cargo has built beside this test or bench.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        // The clients of the tests need somebody's cryptography, even where they use none.
        detente_http::tls::provide();
        let test = std::env::current_exe().unwrap_or_default();
        let profile = test.ancestors().nth(2).unwrap_or(Path::new("."));
        profile.join("detente-tested")
    })
}

/// An address on loopback that nobody else gets: for what is told its port, or comes back to it.
///
/// Its port is below those that the system hands out to whoever asks for port 0.
///
/// # Panics
/// If every port is taken.
#[expect(clippy::panic, reason = "a test without a port has failed")]
pub fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    for _ in 0..SPAN {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let offset = (std::process::id() % 97) as u16 * 200;
        let port = LOWEST + offset.wrapping_add(step) % SPAN;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return format!("127.0.0.1:{port}");
        }
    }
    panic!("no port is free")
}

/// Runs a command to its end.
///
/// # Panics
/// If it cannot be started.
#[expect(clippy::panic, reason = "a test without its binary failed")]
pub fn run(args: &[&str]) -> Output {
    match Command::new(binary())
        .args(args)
        .stdin(Stdio::null())
        .output()
    {
        Ok(output) => output,
        Err(error) => panic!("{error}"),
    }
}

/// Runs a command to its end, with something on its stdin.
///
/// # Panics
/// If it cannot be started, or does not take it.
#[expect(clippy::panic, reason = "a test without its binary failed")]
pub fn run_on(input: &[u8], args: &[&str]) -> Output {
    let spawned = Command::new(binary())
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let fed = spawned.and_then(|mut child| {
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input)?;
        }
        child.wait_with_output()
    });
    match fed {
        Ok(output) => output,
        Err(error) => panic!("{error}"),
    }
}

/// A client of whoever answers at an address, which comes again soon after a cut.
///
/// # Panics
/// If it is no address.
#[expect(clippy::panic, reason = "a test without its server has failed")]
pub fn api(http: &str) -> Client {
    let (first, last) = (Duration::from_millis(20), Duration::from_millis(500));
    match Client::builder(http).waits(first, last).build() {
        Ok(client) => client,
        Err(error) => panic!("{error}"),
    }
}

/// A running process of the product.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Lines of stdout, as they come.
    lines: mpsc::Receiver<String>,
    notes: mpsc::Receiver<String>,
}

impl Process {
    /// Starts it.
    ///
    /// # Panics
    /// If it cannot be started.
    #[expect(clippy::panic, reason = "a test without its binary failed")]
    pub fn start(args: &[&str]) -> Self {
        let spawned = Command::new(binary())
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(error) => panic!("{error}"),
        };
        let lines = read_lines(child.stdout.take());
        let notes = read_lines(child.stderr.take());
        Self {
            child,
            lines,
            notes,
        }
    }

    /// The next line of stdout.
    ///
    /// # Panics
    /// If none comes in time; with what was said on stderr.
    #[expect(clippy::panic, reason = "what does not come has failed the test")]
    pub fn line(&self) -> String {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(_) => panic!(
                "no line; stderr: {:#?}",
                self.notes.try_iter().collect::<Vec<_>>()
            ),
        }
    }

    /// Waits for a line of stderr that holds a text, and gives what follows it, up to a blank or
    /// a comma.
    ///
    /// # Panics
    /// If none comes in time.
    #[expect(clippy::panic, reason = "what does not come has failed the test")]
    pub fn note_after(&self, text: &str) -> String {
        let mut seen = Vec::new();
        while let Ok(note) = self.notes.recv_timeout(PATIENCE) {
            if let Some((_, rest)) = note.split_once(text) {
                return rest.split([' ', ',']).next().unwrap_or_default().to_owned();
            }
            seen.push(note);
        }
        panic!("no note with {text:?}; stderr: {seen:#?}")
    }

    /// The memory that it holds, in KiB, as the system counts it.
    pub fn memory_kib(&self) -> Option<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    /// `kill -9`, and its end.
    pub fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// Asks it to stop, as Ctrl-C does, and gives its exit code.
    ///
    /// # Panics
    /// If it does not stop in time.
    #[expect(clippy::panic, reason = "what does not stop has failed the test")]
    pub fn interrupt(&mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        drop(Command::new("kill").args(["-INT", &pid]).status());
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.code();
            }
            std::thread::yield_now();
        }
        panic!("it does not stop")
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
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

/// `detente up`, with everything that it needs in directories of its own.
#[derive(Debug)]
pub struct Product {
    /// The process.
    pub process: Process,
    /// Base address of HTTP.
    pub http: String,
    /// Base address of gRPC.
    pub grpc: String,
    /// Address of NATS.
    pub nats: String,
    /// Where its NATS server keeps everything.
    pub nats_dir: PathBuf,
}

impl Product {
    /// Starts it in a data directory, on free ports.
    ///
    /// # Panics
    /// If it does not say where it is.
    #[expect(clippy::panic, reason = "what does not start has failed the test")]
    pub fn up(data: &Path, more: &[&str]) -> Self {
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
        let process = Process::start(&args);
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
            nats: text("nats"),
            nats_dir: PathBuf::from(text("data_dir")),
        }
    }

    /// The process of its NATS server, as long as it runs.
    pub fn nats_pid(&self) -> Option<String> {
        let pid = std::fs::read_to_string(self.nats_dir.join("nats-server.pid")).ok()?;
        let pid = pid.trim().to_owned();
        let command = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let command = String::from_utf8_lossy(&command).into_owned();
        let config = self.nats_dir.join("nats-server.conf");
        command.contains(&*config.to_string_lossy()).then_some(pid)
    }

    /// `kill -9` of its NATS server.
    pub fn kill_nats(&self) {
        if let Some(pid) = self.nats_pid() {
            drop(Command::new("kill").args(["-9", &pid]).status());
        }
    }

    /// `kill -9` of everything.
    pub fn kill(&mut self) {
        self.process.kill();
        self.kill_nats();
    }

    /// A client of its HTTP API.
    ///
    /// # Panics
    /// If its address is none.
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
