//! The page, served to this machine only.

mod guard;
mod routes;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::sync::Semaphore;

pub use guard::Token;

use crate::desk::Desk;
use crate::page::page;
use guard::{Guard, guard};
use routes::{Room, routes};

/// How long a client may take to say what it wants, and an answer to be made.
const HEAD: Duration = Duration::from_secs(20);
const ANSWER: Duration = Duration::from_secs(60);
/// Connections at the same time.
const CONNECTIONS: usize = 64;
/// How long connections have to end when the server does.
const FAREWELL: Duration = Duration::from_secs(2);
/// How often it is looked whether the server is to end.
const WATCH: Duration = Duration::from_millis(50);

/// Serves the page on `listener`, which is to be bound to a loopback address, until `stopped` says so.
/// `token` opens it: the address of the page is `http://ADDRESS/?token=TOKEN`.
///
/// # Errors
/// The system's reason, if it cannot listen.
pub fn serve(
    listener: TcpListener,
    desk: Arc<Desk>,
    token: Token,
    stopped: impl Fn() -> bool,
) -> io::Result<()> {
    let page = page(&desk);
    let keeper = Arc::new(Guard::new(token, listener.local_addr()?, &page.policy));
    let app = routes(Arc::new(Room { desk, html: page.html }))
        .layer(middleware::from_fn(timed))
        .layer(middleware::from_fn_with_state(keeper, guard));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(8).build()?;
    runtime.block_on(listen(listener, app, stopped))?;
    // A search that nobody waits for any more does not keep the process.
    runtime.shutdown_timeout(FAREWELL);
    Ok(())
}

async fn timed(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(ANSWER, next.run(request)).await;
    answer.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

async fn listen(listener: TcpListener, app: Router, stopped: impl Fn() -> bool) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    while !stopped() {
        let Ok(accepted) = tokio::time::timeout(WATCH, listener.accept()).await else { continue };
        // One that is gone again, or one too many, is no reason to end.
        let (Ok((stream, _)), Ok(seat)) = (accepted, Arc::clone(&seats).try_acquire_owned()) else {
            continue;
        };
        let service = TowerToHyperService::new(app.clone());
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_headers(64).max_buf_size(64 << 10);
        let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // What a client does to its own connection concerns nobody else.
            let _ = connection.await;
            drop(seat);
        });
    }
    let _ = tokio::time::timeout(FAREWELL, graceful.shutdown()).await;
    Ok(())
}
