//! Where the doors of `detente up` are open.

use std::net::SocketAddr;

use detente_http::{Patient, tls};

use crate::args::Up;
use crate::host;

/// The doors.
pub(super) struct Listeners {
    pub(super) http: Patient,
    pub(super) grpc: Patient,
    /// Where they listen.
    pub(super) addresses: [SocketAddr; 2],
    pub(super) bases: Bases,
}

/// The addresses of the doors, as a client writes them.
#[derive(Clone, Debug)]
pub(super) struct Bases {
    pub(super) http: String,
    pub(super) grpc: String,
}

impl Listeners {
    /// Opens them; before anything else, so that a busy port is known at once.
    pub(super) async fn open(args: &Up) -> anyhow::Result<Self> {
        let certificate = args.doors.shown.tls()?;
        let certificate = certificate.as_ref();
        let http = host::listen(args.http, "--http").await?;
        let grpc = host::listen(args.grpc, "--grpc").await?;
        let addresses = [http.local_addr()?, grpc.local_addr()?];
        let [told, called] = addresses.map(|address| host::base(address, certificate));
        Ok(Self {
            http: host::door(http, certificate, tls::HTTP_1),
            grpc: host::door(grpc, certificate, tls::HTTP_2),
            addresses,
            bases: Bases {
                http: told,
                grpc: called,
            },
        })
    }
}
