//! Serving until the shutdown, with the calls that are under way finished.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::serve::Listener as _;
use detente_http::{Line, Manners, Patient, Peer, Watched};
use detente_ingest::{BODY_MAX, Gateway};
use detente_read_model::Readings;
use futures_util::stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::Connected;
use tonic_health::server::health_reporter;

use crate::changes::Changes;
use crate::health::{READ, REPORT};
use crate::proto::DESCRIPTION;
use crate::proto::change_service_server::ChangeServiceServer;
use crate::proto::relation_service_server::RelationServiceServer;
use crate::proto::report_service_server::ReportServiceServer;
use crate::relations::Relations;
use crate::report::Reports;
use crate::{around, health};

/// How long calls may take to end after the shutdown began.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
/// How often a connection is asked whether it still lives, and how long it may take to say so.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_WITHIN: Duration = Duration::from_secs(20);
/// The most calls of one connection at once.
const CALLS_MAX: u32 = 256;
/// The most bytes of a call's metadata.
const METADATA_MAX: u32 = 16 << 10;

/// What is served.
#[derive(Clone)]
pub struct Deps {
    /// Takes reports, if the process does.
    pub gateway: Option<Gateway>,
    /// Answers questions, if the process does.
    pub readings: Option<Readings>,
    /// What surrounds the calls.
    pub manners: Manners,
}

/// Serves until the shutdown, and then finishes what is under way, within a limit. Streams of
/// changes end when the readings are stopped.
///
/// # Errors
/// If the listener fails, or the description of the services cannot be read.
pub async fn serve(
    listener: impl Into<Patient>,
    deps: Deps,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let (reporter, healthy) = health_reporter();
    let Deps {
        gateway,
        readings,
        manners,
    } = deps;
    // Whoever asks before the first look is told that it is too early.
    let names = health::names(gateway.is_some(), readings.is_some());
    health::none(&reporter, &names).await;
    let mut routes = Routes::new(healthy);
    if let Some(gateway) = gateway.clone() {
        let reports = ReportServiceServer::new(Reports { gateway });
        routes = routes.add_service(reports.max_decoding_message_size(BODY_MAX));
    }
    if let Some(readings) = readings.clone() {
        let relations = Relations {
            readings: readings.clone(),
        };
        routes = routes
            .add_service(RelationServiceServer::new(relations))
            .add_service(ChangeServiceServer::new(Changes { readings }));
    }
    let routes = described(routes, gateway.is_some(), readings.is_some())?;
    let routes = around::around(routes.prepare().into_axum_router(), &manners);
    let server = Server::builder()
        .timeout(manners.time_limit)
        .http2_keepalive_interval(Some(PING_EVERY))
        .http2_keepalive_timeout(Some(PING_WITHIN))
        .max_concurrent_streams(CALLS_MAX)
        .http2_max_header_list_size(METADATA_MAX)
        .add_routes(routes.into());
    let connections = stream::unfold(listener.into(), async |mut listener| {
        let (io, address) = listener.accept().await;
        Some((Ok::<_, Infallible>(Connection { io, address }), listener))
    });
    let stopped = shutdown.clone().cancelled_owned();
    let server = server.serve_with_incoming_shutdown(connections, stopped);
    let health = health::follow(reporter, gateway, readings, shutdown.clone());
    let patience = async {
        health.await;
        tokio::time::sleep(DRAIN_WITHIN).await;
    };
    tokio::select! {
        served = server => served.map_err(io::Error::other),
        () = patience => {
            tracing::warn!("some calls did not end in time");
            Ok(())
        }
    }
}

/// Adds the description of what is served, for clients without our proto files: in both versions
/// of the protocol, as many tools know the first alone.
fn described(routes: Routes, takes: bool, reads: bool) -> io::Result<Routes> {
    let builder = || {
        let mut builder = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTION)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
            .with_service_name("grpc.health.v1.Health");
        if takes {
            builder = builder.with_service_name(REPORT);
        }
        if reads {
            builder = READ.into_iter().fold(
                builder,
                tonic_reflection::server::Builder::with_service_name,
            );
        }
        builder
    };
    let routes = routes.add_service(builder().build_v1().map_err(io::Error::other)?);
    Ok(routes.add_service(builder().build_v1alpha().map_err(io::Error::other)?))
}

/// A connection, and who has connected.
struct Connection {
    io: Watched<Line>,
    address: SocketAddr,
}

impl Connected for Connection {
    type ConnectInfo = ConnectInfo<Peer>;

    fn connect_info(&self) -> Self::ConnectInfo {
        ConnectInfo(Peer(self.address))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

impl fmt::Debug for Deps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deps")
            .field("takes", &self.gateway.is_some())
            .field("reads", &self.readings.is_some())
            .finish_non_exhaustive()
    }
}
