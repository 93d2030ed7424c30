//! Serves `/metrics` and `/health` over plain HTTP, to few and not for long. A runtime and a thread of its
//! own: whoever asks much keeps nobody but other askers waiting.

use std::{
    convert::Infallible,
    fmt, io,
    net::{SocketAddr, TcpListener as StdListener},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    select,
    sync::{Semaphore, oneshot},
    time::{sleep, timeout},
};
use tracing::{info, warn};

use super::{pulse::Health, sight::Sight};

/// Serves what can be seen, until it is dropped.
pub struct MetricsServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why nothing is served.
#[derive(Debug, Error)]
pub enum MetricsError {
    /// The address can't be listened on.
    #[error(
        "can't listen on {address} for metrics: {source}; set another `listen` under [metrics], or stop what listens there"
    )]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Its thread could not begin.
    #[error("metrics can't be served: {0}")]
    Runtime(#[source] io::Error),
}

impl MetricsServer {
    /// Listens here.
    pub fn start(address: SocketAddr, sight: Arc<Sight>) -> Result<Self, MetricsError> {
        let listen_failed = |source| MetricsError::Listen { address, source };
        let listener = StdListener::bind(address).map_err(listen_failed)?;
        listener.set_nonblocking(true).map_err(listen_failed)?;
        let address = listener.local_addr().map_err(listen_failed)?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(MetricsError::Runtime)?;
        let listener = {
            let _inside = runtime.enter();
            TcpListener::from_std(listener).map_err(listen_failed)?
        };
        let (stop, stopped) = oneshot::channel();
        let serve = move || runtime.block_on(accept(listener, sight, stopped));
        let thread = thread::Builder::new()
            .name("metrics".to_owned())
            .spawn(serve)
            .map_err(MetricsError::Runtime)?;
        if !address.ip().to_canonical().is_loopback() {
            warn!(
                listen = address.to_string(),
                "anybody who reaches this address reads the metrics; listen on a loopback address, or close it to others by a firewall"
            );
        }
        info!(listen = address.to_string(), "metrics are served");
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens; the port is the true one, also where any was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for MetricsServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // What it died of, if it did, was told by its panic.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for MetricsServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MetricsServer({})", self.address)
    }
}

/// Takes connections in while there are places, until it is told to stop.
async fn accept(listener: TcpListener, sight: Arc<Sight>, mut stopped: oneshot::Receiver<()>) {
    let places = Arc::new(Semaphore::new(PLACES));
    loop {
        let taken = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = select! {
            taken = taken => taken,
            _ = &mut stopped => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let sight = Arc::clone(&sight);
                tokio::spawn(async move {
                    attend(stream, sight).await;
                    drop(place);
                });
            }
            // Out of descriptors, or a client that was gone again.
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// One connection: one question and its answer.
async fn attend(stream: TcpStream, sight: Arc<Sight>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let answer = answer(&request, &sight);
        async move { Ok::<_, Infallible>(answer) }
    });
    let served = http1::Builder::new()
        .keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(LONGEST_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    // Who asks badly, or does not read the answer, is told nothing more.
    let _ = timeout(WHOLE, served).await;
}

fn answer(request: &Request<Incoming>, sight: &Sight) -> Response<Full<Bytes>> {
    let known = matches!(request.uri().path(), "/metrics" | "/health");
    if known && !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut refused = page(
            StatusCode::METHOD_NOT_ALLOWED,
            PLAIN,
            "only GET and HEAD\n".to_owned(),
        );
        refused
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    match request.uri().path() {
        "/metrics" => page(StatusCode::OK, OPEN_METRICS, sight.scrape()),
        "/health" => {
            let health = sight.health();
            let status = match health {
                Health::Well { .. } => StatusCode::OK,
                Health::Unwell(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            page(status, PLAIN, health.to_string())
        }
        _ => page(
            StatusCode::NOT_FOUND,
            PLAIN,
            "see /metrics and /health\n".to_owned(),
        ),
    }
}

/// A page; of one that answers HEAD, hyper sends the headers only.
fn page(status: StatusCode, kind: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut page = Response::new(Full::new(Bytes::from(text)));
    *page.status_mut() = status;
    let headers = page.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    page
}

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";
/// Connections at a time: a monitoring system needs one, a curious operator another.
const PLACES: usize = 16;
/// For a request's headers to arrive.
const HEADERS: Duration = Duration::from_secs(5);
/// For question and answer together.
const WHOLE: Duration = Duration::from_secs(10);
/// Bytes of headers, as few as hyper allows.
const LONGEST_HEADERS: usize = 8192;
/// After a connection could not be taken in.
const PAUSE: Duration = Duration::from_millis(100);
