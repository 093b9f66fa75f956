//! Serving until the shutdown, then draining calls within a limit.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::ConnectInfo;
use detente_api::limits;
use detente_http::{MaybeTlsStream, MiddlewareConfig, Peer, StallTimeout, TimeoutListener};
use detente_ingest::{BODY_MAX, Gateway};
use detente_read_model::ReadModels;
use futures_util::stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;
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
use crate::{health, layers};

/// The interval of HTTP/2 pings, and the time limit for the answer to one.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_WITHIN: Duration = Duration::from_secs(20);
/// The time within which the preface of HTTP/2 must arrive, and its length.
const PREFACE_WITHIN: Duration = Duration::from_secs(10);
const PREFACE_BYTES: usize = 24;
/// The most concurrent calls of a connection.
const CALLS_MAX: u32 = limits::GRPC_CALLS;
/// The most bytes of metadata of a call.
const METADATA_MAX: u32 = limits::GRPC_METADATA;

/// The most bytes of a message of a read: what clients accept unless they are told otherwise. Views
/// and pages stay below it.
const MESSAGE_MAX: usize = 4 << 20;

/// The services to serve.
#[derive(Clone, Debug)]
pub struct Deps {
    /// Serves reports, if the process accepts them.
    pub gateway: Option<Gateway>,
    /// Serves reads and subscriptions, if the process has them.
    pub models: Option<ReadModels>,
    /// The settings of the middleware.
    pub middleware: MiddlewareConfig,
}

/// Serves until the shutdown, then drains calls within a limit. Streams of changes end when the
/// read models are stopped.
///
/// # Errors
/// If the listener fails, or the description of the services is malformed.
pub async fn serve(
    listener: impl Into<TimeoutListener>,
    deps: Deps,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let (reporter, healthy) = health_reporter();
    let Deps {
        gateway,
        models,
        middleware,
    } = deps;
    // Before the first check nothing is healthy.
    let names = health::names(gateway.is_some(), models.is_some());
    health::clear(&reporter, &names).await;
    let mut routes = Routes::new(healthy);
    if let Some(gateway) = gateway.clone() {
        let reports = ReportServiceServer::new(Reports { gateway });
        let reports = reports.max_decoding_message_size(BODY_MAX);
        routes = routes.add_service(reports.max_encoding_message_size(MESSAGE_MAX));
    }
    if let Some(models) = models.clone() {
        let relations = Relations {
            models: models.clone(),
        };
        let relations = RelationServiceServer::new(relations)
            .max_decoding_message_size(MESSAGE_MAX)
            .max_encoding_message_size(MESSAGE_MAX);
        let changes = ChangeServiceServer::new(Changes { models })
            .max_decoding_message_size(MESSAGE_MAX)
            .max_encoding_message_size(MESSAGE_MAX);
        routes = routes.add_service(relations).add_service(changes);
    }
    let routes = with_reflection(routes, gateway.is_some(), models.is_some())?;
    let routes = layers::grpc_layers(routes.prepare().into_axum_router(), &middleware);
    let server = Server::builder()
        .timeout(middleware.time_limit)
        .http2_keepalive_interval(Some(PING_EVERY))
        .http2_keepalive_timeout(Some(PING_WITHIN))
        .max_concurrent_streams(CALLS_MAX)
        .http2_max_header_list_size(METADATA_MAX)
        .add_routes(routes.into());
    let connections = stream::unfold(listener.into(), async |mut listener| {
        let (io, address) = listener.accept().await;
        let connection = Connection {
            io,
            address,
            opening: Some(Opening::new()),
        };
        Some((Ok::<_, Infallible>(connection), listener))
    });
    let stopped = shutdown.clone().cancelled_owned();
    let server = server.serve_with_incoming_shutdown(connections, stopped);
    let health = health::follow(reporter, gateway, models, shutdown.clone());
    let server = Box::pin(async { server.await.map_err(io::Error::other) });
    detente_http::serve::drain(server, health).await
}

/// Adds reflection for clients without the proto files, in both versions of its protocol, as many
/// tools know only the first.
fn with_reflection(routes: Routes, has_reports: bool, has_reads: bool) -> io::Result<Routes> {
    let builder = || {
        let mut builder = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTION)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
            .with_service_name("grpc.health.v1.Health");
        if has_reports {
            builder = builder.with_service_name(REPORT);
        }
        if has_reads {
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

/// A connection and the address of its client.
struct Connection {
    io: StallTimeout<MaybeTlsStream>,
    address: SocketAddr,
    /// Until the preface has arrived. After it, pings find out whether the client is there.
    opening: Option<Opening>,
}

/// The preface of HTTP/2 is awaited.
struct Opening {
    received: usize,
    deadline: Pin<Box<Sleep>>,
}

impl Opening {
    fn new() -> Self {
        Self {
            received: 0,
            deadline: Box::pin(tokio::time::sleep(PREFACE_WITHIN)),
        }
    }
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
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.io).poll_read(context, buffer);
        if let Some(opening) = &mut self.opening {
            opening.received += buffer.filled().len() - before;
            if opening.received >= PREFACE_BYTES {
                self.opening = None;
            } else if read.is_pending() && opening.deadline.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        read
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
