//! A `toadstone review` that serves, and raw questions to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Bench;

/// A server that ends with the test.
pub struct Server {
    pub child: Child,
    pub host: String,
    pub token: String,
}

/// What it answers.
pub struct Answer {
    pub code: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 200, "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub fn start(bench: &Bench, more: &[&str]) -> Server {
        let args = [&["review", "run", "--no-open"], more].concat();
        let mut command = bench.command(&args);
        command.env("USER", "ann");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
        let address =
            lines.find_map(|line| line.unwrap().trim().strip_prefix("http://").map(str::to_owned)).unwrap();
        let (host, token) = address.split_once("/?token=").unwrap();
        let server = Server { host: host.to_owned(), token: token.to_owned(), child };
        let start = Instant::now();
        while server.get("overview").json()["progress"]["done"] != true {
            assert!(start.elapsed() < Duration::from_secs(30), "the data is not read");
            std::thread::sleep(Duration::from_millis(10));
        }
        server
    }

    /// Sends exactly this head, and whatever stands behind it.
    pub fn raw(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let code = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { code, head: head.to_lowercase(), body: body.to_owned() }
    }

    pub fn get(&self, path: &str) -> Answer {
        let (host, token) = (&self.host, &self.token);
        self.raw(&format!(
            "GET /api/{path} HTTP/1.1\r\nHost: {host}\r\nx-toadstone-token: {token}\r\nConnection: close\r\n\r\n"
        ))
    }

    pub fn post(&self, body: &str, origin: &str) -> Answer {
        let (host, token, length) = (&self.host, &self.token, body.len());
        self.raw(&format!(
            "POST /api/decide HTTP/1.1\r\nHost: {host}\r\nx-toadstone-token: {token}\r\nOrigin: {origin}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ))
    }

    pub fn decide(&self, what: Value) -> Value {
        self.post(&what.to_string(), &format!("http://{}", self.host)).json()
    }
}
