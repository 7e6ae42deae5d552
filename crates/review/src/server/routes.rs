//! What can be asked for.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use crate::desk::{Desk, DeskError, Request};
use crate::list::{Filter, Part};

/// Bytes of a question: a note in four-byte characters, escaped.
const BODY: usize = 64 << 10;

/// What the routes share.
pub struct Room {
    pub desk: Arc<Desk>,
    pub html: String,
}

type Shared = State<Arc<Room>>;

pub fn routes(room: Arc<Room>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/api/overview", get(overview))
        .route("/api/changes", get(changes))
        .route("/api/records", get(records))
        .route("/api/record", get(record))
        .route("/api/similar", get(similar))
        .route("/api/agreement", get(agreement))
        .route("/api/decide", post(decide))
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(room)
}

async fn page(State(room): Shared) -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], room.html.clone()).into_response()
}

/// Does work that waits for disks on a thread of its own.
async fn work<T: Serialize + Send + 'static>(
    room: Arc<Room>,
    work: impl FnOnce(&Desk) -> Result<T, DeskError> + Send + 'static,
) -> Response {
    let done = spawn_blocking(move || work(&room.desk)).await;
    let failed = |code: StatusCode, why: String| {
        (code, Json(serde_json::json!({ "error": toadstone_core::visible(&why) })))
    };
    match done {
        Ok(Ok(answer)) => Json(answer).into_response(),
        Ok(Err(error)) => {
            let code = match error {
                DeskError::Unknown => StatusCode::NOT_FOUND,
                DeskError::NotRead(_) => StatusCode::CONFLICT,
                DeskError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
                DeskError::Io(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            failed(code, error.to_string()).into_response()
        }
        Err(panic) => {
            failed(StatusCode::INTERNAL_SERVER_ERROR, format!("internal error: {panic}")).into_response()
        }
    }
}

async fn overview(State(room): Shared) -> Response {
    work(room, Desk::overview).await
}

#[derive(Deserialize)]
struct Since {
    cursor: u64,
}

async fn changes(State(room): Shared, Query(since): Query<Since>) -> Response {
    work(room, move |desk| desk.changes(since.cursor)).await
}

/// A page of the list.
#[derive(Deserialize)]
struct Wanted {
    finding: Option<u32>,
    #[serde(default)]
    state: crate::list::State,
    #[serde(default)]
    text: String,
    from: Option<u32>,
    after: Option<u32>,
    before: Option<u32>,
}

async fn records(State(room): Shared, Query(wanted): Query<Wanted>) -> Response {
    let part = match (wanted.from, wanted.after, wanted.before) {
        (Some(from), ..) => Part::From(from),
        (None, Some(after), _) => Part::After(after),
        (None, None, Some(before)) => Part::Before(before),
        (None, None, None) => Part::First,
    };
    let Wanted { finding, state, text, .. } = wanted;
    work(room, move |desk| desk.page(&Filter { finding, state, text }, part)).await
}

#[derive(Deserialize)]
struct One {
    n: u32,
    finding: Option<u32>,
    #[serde(default)]
    all: bool,
}

async fn record(State(room): Shared, Query(one): Query<One>) -> Response {
    work(room, move |desk| desk.record(one.n, one.finding, one.all)).await
}

async fn similar(State(room): Shared, Query(one): Query<One>) -> Response {
    work(room, move |desk| desk.similar(one.n)).await
}

async fn agreement(State(room): Shared) -> Response {
    work(room, |desk| desk.agreement()).await
}

async fn decide(State(room): Shared, Json(request): Json<Request>) -> Response {
    work(room, move |desk| desk.decide(request)).await
}
