//! Takes connections and speaks HTTP/1.1 and HTTP/2 on them, in plain text and over TLS on the same
//! port, until it is asked to stop.

use super::answer_body::{Abort, AnswerBody};
use super::connections::{Admitted, Connection, Connections};
use super::limits::Limits;
use super::proxy::Opened;
use super::recorder::{Scheme, Unreadable, Via};
use super::router::{Entry, Router};
use super::wire::{TLS_HANDSHAKE, Watched, Wire};
use super::{Mode, StopStage, moment, stop_begun};
use http::header::CONNECTION;
use http::{HeaderValue, Method, Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;

/// So many requests of one HTTP/2 connection are answered at a time.
const MAX_STREAMS: u32 = 100;
/// Headers beyond this need memory for each request, so hyper has to be told.
const USUAL_HEAD_FIELDS: usize = 100;
/// So long an idle connection may take to say goodbye when the collector stops.
const GOODBYE_TIME: Duration = Duration::from_millis(100);
/// After a connection could not be taken (too many open files), so long until the next try.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// All that connections share.
pub(super) struct Server {
    pub router: Router,
    /// What is done with requests.
    pub mode: Mode,
    /// How HTTP is spoken.
    pub protocol: Builder<TokioExecutor>,
    pub limits: Limits,
    /// With it, connections that begin like TLS are TLS.
    pub tls: Option<TlsAcceptor>,
    pub connections: Arc<Connections>,
    pub under_way: TaskTracker,
    pub stop: watch::Receiver<StopStage>,
}

impl Server {
    /// Takes connections until the collector is asked to stop; then the port is free.
    pub async fn run(self, listener: TcpListener) {
        let server = Arc::new(self);
        let mut sweep = tokio::time::interval(sweep_interval(&server.limits));
        let mut stopping = pin!(stop_begun(server.stop.clone()));
        loop {
            let (socket, from) = tokio::select! {
                () = &mut stopping => return,
                _ = sweep.tick() => {
                    server.connections.close_overdue(&server.limits, moment());
                    continue;
                }
                accepted = listener.accept() => match accepted {
                    Ok((socket, from)) => (socket, from.ip()),
                    Err(_) => {
                        server.connections.displace();
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                        continue;
                    }
                }
            };
            let admitted = tokio::select! {
                () = &mut stopping => return,
                admitted = server.connections.admit(moment()) => admitted,
            };
            server.under_way.spawn(Arc::clone(&server).serve(socket, from, admitted));
        }
    }

    /// One connection, from its first byte to its last.
    async fn serve(self: Arc<Self>, socket: TcpStream, from: IpAddr, place: Admitted) {
        let connection = Arc::clone(&place.connection);
        let opened = tokio::select! {
            opened = self.open(socket, from) => opened,
            () = connection.close.notified() => None,
            () = stop_begun(self.stop.clone()) => None,
        };
        let Some((wire, scheme)) = opened else { return };
        let came = Came { scheme, from: Some(from), opened: None, place: Some(Arc::new(place)) };
        self.converse(wire, came).await;
    }

    /// Speaks HTTP on a wire until its end. A proxy does so inside of what it has opened: so this names its future.
    pub fn converse(self: Arc<Self>, wire: Wire, came: Came) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            let Some(place) = came.place.clone() else { return };
            self.speak(wire, came, &place.connection).await;
        })
    }

    async fn speak(self: Arc<Self>, wire: Wire, came: Came, connection: &Arc<Connection>) {
        let from = came.from;
        let service = OnConnection { server: Arc::clone(&self), came, connection: Arc::clone(connection) };
        let io = TokioIo::new(Watched::new(wire, Arc::clone(connection)));
        let mut serving = pin!(self.protocol.serve_connection_with_upgrades(io, service));
        let mut stop = self.stop.clone();
        let ended = tokio::select! {
            ended = serving.as_mut() => Some(ended),
            () = connection.close.notified() => None,
            () = stop_begun(self.stop.clone()) => {
                serving.as_mut().graceful_shutdown();
                let cut = async {
                    if connection.is_idle() {
                        tokio::time::sleep(GOODBYE_TIME).await;
                    } else {
                        drop(stop.wait_for(|stage| *stage == StopStage::AtOnce).await);
                    }
                };
                tokio::select! {
                    ended = serving.as_mut() => Some(ended),
                    () = cut => None,
                }
            }
        };
        let is_broken = |error: &(dyn std::error::Error + Send + Sync + 'static)| {
            error.downcast_ref().is_some_and(|error: &hyper::Error| !error.is_user())
        };
        if let Some(Err(error)) = ended
            && !connection.is_cut()
            && is_broken(error.as_ref())
        {
            self.connections.count(|traffic| traffic.n_broken += 1);
            self.unreadable(from, &error.to_string(), connection.head_start());
        }
    }

    /// Tells of what is no request, if anything came. hyper has answered it by itself, or nobody listens any more.
    fn unreadable(&self, from: Option<IpAddr>, why: &str, start: Vec<u8>) {
        if !start.is_empty() {
            let why = why.to_owned();
            self.router.unreadable(Unreadable { at: super::now(), from, why, start });
        }
    }

    /// Finds out whether a connection is TLS, and shakes hands if it is; `None` when it ended before.
    async fn open(&self, socket: TcpStream, from: IpAddr) -> Option<(Wire, Scheme)> {
        // Answers are small and wait for nothing.
        drop(socket.set_nodelay(true));
        let mut first = [0];
        if socket.peek(&mut first).await.ok()? == 0 {
            return None;
        }
        if first != [TLS_HANDSHAKE] {
            return Some((Wire::Plain(socket), Scheme::Http));
        }
        let Some(tls) = &self.tls else {
            self.connections.count(|traffic| traffic.n_unexpected_tls += 1);
            self.unreadable(Some(from), "it is TLS, which is not spoken here", first.to_vec());
            return None;
        };
        let shaken = tokio::time::timeout(self.limits.head_time, tls.accept(socket)).await;
        if let Ok(Ok(stream)) = shaken {
            Some((Wire::Tls(Box::new(stream)), Scheme::Https))
        } else {
            self.connections.count(|traffic| traffic.n_broken += 1);
            None
        }
    }
}

/// What hyper is told about the limits. Times are ours: see [`Connections::close_overdue`].
pub(super) fn protocol(limits: &Limits, via: Via) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    let mut http1 = builder.http1();
    // A client that has said all it wants to say still gets its answer.
    http1.half_close(true).header_read_timeout(None).max_buf_size(limits.head_bytes.max(8192));
    if limits.head_fields != USUAL_HEAD_FIELDS {
        http1.max_headers(limits.head_fields);
    }
    if via != Via::StandIn {
        // What was passed on is not touched: no header more, and none that is written otherwise.
        http1.preserve_header_case(true).auto_date_header(false);
        builder.http2().auto_date_header(false);
    }
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX));
    builder
}

/// Often enough that no limit of time is passed by much.
fn sweep_interval(limits: &Limits) -> Duration {
    let shortest = limits.head_time.min(limits.idle_time).min(limits.stall_time);
    (shortest / 8).clamp(Duration::from_millis(5), Duration::from_secs(1))
}

/// The router, on one connection.
struct OnConnection {
    server: Arc<Server>,
    came: Came,
    connection: Arc<Connection>,
}

/// How the requests of a connection come in.
#[derive(Debug, Clone)]
pub(super) struct Came {
    /// Plain or over TLS.
    pub scheme: Scheme,
    /// The client's address.
    pub from: Option<IpAddr>,
    /// The server in whose place a proxy has opened the connection.
    pub opened: Option<Arc<Opened>>,
    /// Its place among the connections.
    pub place: Option<Arc<Admitted>>,
}

impl Service<Request<Incoming>> for OnConnection {
    type Response = Response<AnswerBody>;
    type Error = Abort;
    type Future = Pin<Box<dyn Future<Output = Result<Response<AnswerBody>, Abort>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let now = moment();
        let is_last = self.connection.is_old(&self.server.limits, now) && request.version() < Version::HTTP_2;
        let under_way = Some(self.connection.request(now));
        let came = self.came.clone();
        if let (Mode::Proxy(proxy), &Method::CONNECT) = (&self.server.mode, request.method()) {
            let connecting = proxy.clone().connect(Arc::clone(&self.server), request, came);
            return Box::pin(async move {
                let mut response = connecting.await;
                response.body_mut().set_under_way(under_way);
                Ok(response)
            });
        }
        let entry = Entry { under_way, via: self.server.mode.via(), came };
        let router = self.server.router.clone();
        Box::pin(async move {
            let mut response = router.answer(request, entry).await?;
            if is_last {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(response)
        })
    }
}
