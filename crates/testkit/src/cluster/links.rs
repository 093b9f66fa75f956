//! The links between the servers of a cluster: each connection goes through a port of the test, which
//! can end it, and those that follow.

use std::io;
use std::net::TcpListener;
use std::thread::JoinHandle;

use tokio::net::TcpStream;
use tokio::sync::watch;

use super::SERVERS;

/// For each server, whether it is cut off; `None` once the links end.
type State = Option<[bool; SERVERS]>;

/// The links, on a thread of their own, so that a test that blocks does not hold them up.
#[derive(Debug)]
pub(super) struct Links {
    state: watch::Sender<State>,
    thread: Option<JoinHandle<()>>,
}

/// A link: the server that dials, and the port and server that it reaches.
struct Link {
    listener: TcpListener,
    ends: [usize; 2],
    port: u16,
}

impl Links {
    /// Opens links from each server to each other one, which listens for them on its port. Returns
    /// for each server the ports that it is to dial.
    pub(super) fn open(routes: [u16; SERVERS]) -> (Self, [Vec<u16>; SERVERS]) {
        let mut dialed = [const { Vec::new() }; SERVERS];
        let mut links = Vec::new();
        for (from, dialed) in dialed.iter_mut().enumerate() {
            for (to, port) in routes.into_iter().enumerate().filter(|(to, _)| *to != from) {
                let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
                dialed.push(listener.local_addr().expect("an address").port());
                let ends = [from, to];
                links.push(Link {
                    listener,
                    ends,
                    port,
                });
            }
        }
        let state = watch::Sender::new(Some([false; SERVERS]));
        let watched = state.subscribe();
        let thread = Some(std::thread::spawn(move || run(links, &watched)));
        (Self { state, thread }, dialed)
    }

    /// Ends the connections between a server and the others, and those that follow, or lets these be.
    pub(super) fn set_cut(&self, server: usize, is_cut: bool) {
        self.state.send_modify(|state| {
            if let Some(place) = state.as_mut().and_then(|state| state.get_mut(server)) {
                *place = is_cut;
            }
        });
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        self.state.send_modify(|state| *state = None);
        if let Some(thread) = self.thread.take() {
            // It says what went wrong by itself.
            let _ = thread.join();
        }
    }
}

/// Serves links until they end.
fn run(links: Vec<Link>, state: &watch::Receiver<State>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build();
    runtime.expect("a runtime").block_on(async {
        for link in links {
            tokio::spawn(serve(link, state.clone()));
        }
        let _ = state.clone().wait_for(Option::is_none).await;
    });
}

async fn serve(link: Link, state: watch::Receiver<State>) -> io::Result<()> {
    link.listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(link.listener)?;
    loop {
        let (near, _) = listener.accept().await?;
        tokio::spawn(pass(near, link.port, link.ends, state.clone()));
    }
}

/// Passes what two servers send to each other, until one ends the connection or is cut off.
async fn pass(
    mut near: TcpStream,
    port: u16,
    ends: [usize; 2],
    mut state: watch::Receiver<State>,
) -> io::Result<()> {
    let is_cut = |state: &State| {
        let cut = |end: usize| state.is_some_and(|cut| cut.get(end) == Some(&true));
        ends.into_iter().any(cut)
    };
    let passing = async {
        let mut far = TcpStream::connect(("127.0.0.1", port)).await?;
        tokio::io::copy_bidirectional(&mut near, &mut far).await
    };
    tokio::select! {
        biased;
        _ = state.wait_for(is_cut) => Ok(()),
        passed = passing => passed.map(drop),
    }
}
