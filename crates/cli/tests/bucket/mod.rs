//! An S3-compatible server on loopback, whose network is as bad as a test wants it.
//!
//! What goes wrong depends on a seed, on the request and on how often that very request was made before,
//! and on nothing else: not on the order in which threads ask.
#![allow(dead_code, reason = "every test binary uses some of it")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::time::{Instant, Sleep, sleep_until};
use xxhash_rust::xxh3::xxh3_64_with_seed;

pub const KEY: &str = "TESTKEYTESTKEYTEST";
pub const SECRET: &str = "a-secret-that-nobody-may-see";

/// Of a thousand requests, how many go wrong in which way.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    pub seed: u64,
    /// Status 500.
    pub broken: u64,
    /// Status 503, with S3's word for it.
    pub busy: u64,
    /// The connection is cut in the middle of the body.
    pub cut: u64,
    /// The body comes in drops.
    pub slow: u64,
}

/// What the server did.
#[derive(Debug, Default)]
struct Log {
    asked: HashMap<String, u64>,
    faults: u64,
    requests: Vec<String>,
    /// How many more objects can be written; `None` for any number.
    room: Option<u64>,
}

/// A server that ends with the test. Buckets are folders below `root`, objects are files.
pub struct Server {
    pub port: u16,
    root: tempfile::TempDir,
    log: Arc<Mutex<Log>>,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    pub fn start(faults: Faults) -> Server {
        let root = tempfile::tempdir().unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = service.build();
        let log = Arc::new(Mutex::new(Log::default()));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&log);
        runtime.spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                // Head and body are written apart, and would wait for each other. It fails if the client is gone.
                let _ = socket.set_nodelay(true);
                let (service, log) = (service.clone(), Arc::clone(&shared));
                let answer = move |request| {
                    let (service, log) = (service.clone(), Arc::clone(&log));
                    async move { Ok::<_, Infallible>(answer(request, service, &log, faults).await) }
                };
                let answer = hyper::service::service_fn(answer);
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), answer),
                );
            }
        });
        Server { port, root, log, _runtime: runtime }
    }

    /// Makes a bucket and gives its folder.
    pub fn bucket(&self, name: &str) -> PathBuf {
        let folder = self.root.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    pub fn path(&self, object: &str) -> PathBuf {
        self.root.path().join(object)
    }

    /// From now on only so many objects can be written.
    pub fn leave_room(&self, objects: Option<u64>) {
        self.log.lock().unwrap().room = objects;
    }

    /// How many requests went wrong.
    pub fn faults(&self) -> u64 {
        self.log.lock().unwrap().faults
    }

    /// Every request so far: method and path.
    pub fn requests(&self) -> Vec<String> {
        self.log.lock().unwrap().requests.clone()
    }

    /// Tells a command where the server is and who asks.
    pub fn tell<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port))
            .env("AWS_ALLOW_HTTP", "true")
            .env("AWS_ACCESS_KEY_ID", KEY)
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_REGION", "us-east-1")
            .env("NO_PROXY", "127.0.0.1")
    }
}

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Fine,
    Broken,
    Busy,
    Cut,
    Slow,
    Full,
}

impl Faults {
    fn of(&self, request: &str, before: u64) -> Fate {
        let draw = xxh3_64_with_seed(request.as_bytes(), self.seed ^ (before << 32)) % 1000;
        let mut from = 0;
        for (fate, share) in [
            (Fate::Broken, self.broken),
            (Fate::Busy, self.busy),
            (Fate::Cut, self.cut),
            (Fate::Slow, self.slow),
        ] {
            from += share;
            if draw < from {
                return fate;
            }
        }
        Fate::Fine
    }
}

async fn answer(
    request: Request<Incoming>,
    service: S3Service,
    log: &Mutex<Log>,
    faults: Faults,
) -> Response<Bad> {
    let range = request.headers().get("range").and_then(|range| range.to_str().ok()).unwrap_or_default();
    let asked = format!("{} {} {range}", request.method(), request.uri());
    let fate = {
        let mut log = log.lock().unwrap();
        let before = log.asked.entry(asked.clone()).or_default();
        let mut fate = faults.of(&asked, *before);
        *before += 1;
        if let Some(room) = log.room.as_mut().filter(|_| asked.starts_with("PUT ")) {
            fate = if *room == 0 { Fate::Full } else { fate };
            *room = room.saturating_sub(1);
        }
        log.faults += u64::from(fate != Fate::Fine);
        log.requests.push(asked);
        fate
    };
    let failed = |status, text: &'static str| {
        let body = s3s::Body::from(Bytes::from_static(text.as_bytes()));
        Response::builder().status(status).body(Bad::of(body, Fate::Fine, 0)).unwrap()
    };
    match fate {
        Fate::Broken => {
            return failed(StatusCode::INTERNAL_SERVER_ERROR, "<Error><Code>InternalError</Code></Error>");
        }
        Fate::Busy => return failed(StatusCode::SERVICE_UNAVAILABLE, "<Error><Code>SlowDown</Code></Error>"),
        Fate::Full => return failed(StatusCode::INSUFFICIENT_STORAGE, "<Error><Code>Full</Code></Error>"),
        _ => {}
    }
    let answer = hyper::service::Service::call(&service, request).await.unwrap();
    let length = answer.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    answer.map(|body| Bad::of(body, fate, length.unwrap_or(0)))
}

/// A body that may come slowly, or not to its end.
pub struct Bad {
    inner: s3s::Body,
    /// Bytes until it is cut.
    left: Option<u64>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Bad {
    fn of(inner: s3s::Body, fate: Fate, length: u64) -> Bad {
        let left = (fate == Fate::Cut && length > 1).then_some(length / 2);
        let pause = (fate == Fate::Slow).then(|| Box::pin(sleep_until(Instant::now() + PAUSE)));
        Bad { inner, left, pause }
    }
}

const PAUSE: Duration = Duration::from_millis(2);

impl Body for Bad {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            pause.as_mut().reset(Instant::now() + PAUSE);
        }
        if self.left == Some(0) {
            return Poll::Ready(Some(Err("cut".into())));
        }
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(context));
        let (Some(left), Some(Ok(frame))) = (&mut self.left, &frame) else {
            return Poll::Ready(frame);
        };
        let data = frame.data_ref().cloned().unwrap_or_default();
        let short = data.slice(..data.len().min(*left as usize));
        *left -= short.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(short))))
    }
}

/// Every file below a folder, with its bytes.
pub fn tree(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut out = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // The server keeps what it knows of objects beside them.
        if name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            out.extend(tree(&path).into_iter().map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            out.insert(name, std::fs::read(path).unwrap());
        }
    }
    out
}
