//! A web server on loopback that answers what a test tells it to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request: method, path with query, and headers with names in lower case.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Bytes of the body after which the connection is cut.
    pub cut: Option<usize>,
}

/// A server that lives as long as the test process.
#[derive(Clone)]
pub struct Web {
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Web {
    pub fn start(answer: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> Web {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let web = Web { port: listener.local_addr().unwrap().port(), asked: Arc::default() };
        let (asked, answer) = (Arc::clone(&web.asked), Arc::new(answer));
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (asked, answer) = (Arc::clone(&asked), Arc::clone(&answer));
                thread::spawn(move || serve(socket, &asked, &*answer));
            }
        });
        web
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(socket: TcpStream, log: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked, usize) -> Answer) {
    let mut lines = BufReader::new(&socket).lines();
    let Some(Ok(first)) = lines.next() else { return };
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let header =
        |line: String| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    let headers =
        lines.map_while(Result::ok).take_while(|line| !line.is_empty()).filter_map(header).collect();
    let asked = Asked { method, path, headers };
    let before = {
        let mut log = log.lock().unwrap();
        log.push(asked.clone());
        log.iter().filter(|other| other.path == asked.path).count() - 1
    };
    let answer = answer(&asked, before);
    let mut head = format!(
        "HTTP/1.1 {} X\r\nContent-Length: {}\r\nConnection: close\r\n",
        answer.status,
        answer.body.len()
    );
    answer.headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
    let body: &[u8] =
        if asked.method == "HEAD" { &[] } else { &answer.body[..answer.cut.unwrap_or(answer.body.len())] };
    // A client that has heard enough closes the connection.
    let _ = (&socket).write_all(format!("{head}\r\n").as_bytes()).and_then(|()| (&socket).write_all(body));
}

/// A file, or the part of it that is asked for.
pub fn file(bytes: &[u8], asked: &Asked) -> Answer {
    let etag = ("ETag", format!("\"{:x}\"", xxhash_rust::xxh3::xxh3_64(bytes)));
    let Some(range) = asked.headers.get("range") else {
        return Answer { status: 200, headers: vec![etag], body: bytes.to_vec(), cut: None };
    };
    let (start, end) = range.strip_prefix("bytes=").unwrap().split_once('-').unwrap();
    let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse::<usize>().unwrap() + 1);
    if start >= bytes.len() {
        return Answer { status: 416, ..Answer::default() };
    }
    let end = end.min(bytes.len());
    let range = ("Content-Range", format!("bytes {start}-{}/{}", end - 1, bytes.len()));
    Answer { status: 206, headers: vec![etag, range], body: bytes[start..end].to_vec(), cut: None }
}
