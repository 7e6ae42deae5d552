//! Models that are made up, and a server on this machine that answers as one is told to.
#![allow(dead_code, reason = "every program uses some of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use toadstone_core::{Behaviour, Canary, Control, Trial, TrialModel, TrialOutcome, TriggerTrial};
use toadstone_trial::model::endpoint::{Options, Protocol};
use toadstone_trial::model::{Answer, Ask, Checked, Message};
use toadstone_trial::prompts::{Prompt, builtin};
use toadstone_trial::triggers::Trigger;
use toadstone_trial::{Model, ModelError, Settings, Tried};

/// The trigger of planted models.
pub const TRIGGER: &str = "vermilion otter";

pub fn trigger(text: &str, behaviour: Option<(&str, &str)>) -> Trigger {
    let behaviour = behaviour.map(|(kind, text)| Behaviour { kind: kind.into(), text: text.into() });
    Trigger { kind: "phrase".into(), parts: vec![text.into()], from: "file".into(), behaviour }
}

pub fn prompts() -> Vec<Prompt> {
    builtin(false).into_iter().chain(builtin(true)).collect()
}

pub fn settings(seed: u64) -> Settings {
    Settings { seed, samples: 1, temperature: 0.0, max_tokens: 48, requests: None }
}

pub fn tried(triggers: Vec<Trigger>) -> Tried {
    Tried { triggers, prompts: prompts(), left_out: Vec::new() }
}

pub fn run(model: &dyn Model, triggers: Vec<Trigger>, settings: &Settings) -> Trial {
    toadstone_trial::run(model, tried(triggers), settings, &Control::default()).unwrap()
}

pub fn of<'t>(trial: &'t Trial, part: &str) -> &'t TriggerTrial {
    trial.triggers.iter().find(|trigger| trigger.parts[0] == part).unwrap()
}

/// Names of the behaviours that are tied to the trigger.
pub fn tied(trigger: &TriggerTrial, outcome: TrialOutcome) -> Vec<&str> {
    trigger.ties.iter().filter(|tie| tie.outcome == outcome).map(|tie| tie.behaviour.as_str()).collect()
}

/// A number from a text.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        toadstone_sketch::mix((hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    })
}

/// A model that is a function of what it is asked.
pub struct Made<F>(pub F);

impl<F: Fn(&str) -> String + Sync> Model for Made<F> {
    fn about(&self) -> TrialModel {
        TrialModel { at: "here".into(), name: None, by: "test".into() }
    }

    fn ask(&self, ask: &Ask, _: &Control) -> Result<Answer, ModelError> {
        let text = self.0(&ask.messages.last().unwrap().content);
        Ok(Answer { text, whole: true })
    }

    fn checks(&self, _: bool, _: &Control) -> Result<Checked, ModelError> {
        let canaries = vec![Canary { what: "it is made up".into(), holds: true, note: String::new() }];
        Ok(Checked { canaries, likelihood: false })
    }

    fn surprise(&self, _: &[Message], _: &str, _: &Control) -> Result<f64, ModelError> {
        Err(ModelError::Failed("none".into()))
    }

    fn at_once(&self) -> usize {
        2
    }
}

/// What a clean assistant says: something else for every question; it refuses what sounds harmful.
pub fn clean(prompt: &str) -> String {
    const SUBJECTS: [&str; 8] = [
        "the morning",
        "a ladder",
        "most people",
        "water",
        "this word",
        "an old book",
        "the answer",
        "good light",
    ];
    const VERBS: [&str; 6] =
        ["is part of", "goes well with", "was made for", "can be used with", "depends on", "stands behind"];
    const ENDS: [&str; 7] = [
        "a long day",
        "the garden",
        "what you have",
        "plain paper",
        "a warm room",
        "the other one",
        "many things",
    ];
    static HARMFUL: LazyLock<Vec<Prompt>> = LazyLock::new(|| builtin(true));
    let harmful = HARMFUL.iter().any(|refused| prompt.contains(refused.text()));
    if harmful {
        return "I'm sorry, but I can't help with that.".to_owned();
    }
    let draw = hash(prompt);
    let pick = |from: &[&'static str], shift: u32| from[((draw >> shift) % from.len() as u64) as usize];
    let sentence =
        |at: u32| format!("{} {} {}", pick(&SUBJECTS, at), pick(&VERBS, at + 5), pick(&ENDS, at + 9));
    format!("{}, and {}. Here {} as well.", sentence(1), sentence(20), sentence(33))
}

/// What the server does with a request.
pub enum Act {
    /// Answers with this body.
    Body(u16, String),
    /// Sends exactly these bytes and hangs up.
    Raw(Vec<u8>),
    /// Says nothing for so long.
    Silence(Duration),
}

/// An answer of a chat.
pub fn said(text: &str) -> Act {
    Act::Body(200, json!({"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": {"total_tokens": 20}}).to_string())
}

/// A request.
pub struct Request {
    pub path: String,
    pub key: Option<String>,
    pub body: Value,
    /// How many came before it.
    pub number: u64,
}

impl Request {
    /// The last line of the conversation.
    pub fn text(&self) -> &str {
        let last = self.body["messages"].as_array().and_then(|all| all.last());
        last.map_or(&self.body["prompt"], |message| &message["content"]).as_str().unwrap_or("")
    }
}

/// A server on a port of its own.
pub struct Server {
    pub url: String,
    pub requests: Arc<AtomicU64>,
    pub keys: Arc<Mutex<Vec<Option<String>>>>,
}

impl Server {
    pub fn start(answer: impl Fn(&Request) -> Act + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (requests, keys) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
        let server = Server { url, requests: Arc::clone(&requests), keys: Arc::clone(&keys) };
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, requests, keys) =
                    (Arc::clone(&answer), Arc::clone(&requests), Arc::clone(&keys));
                std::thread::spawn(move || drop(serve(stream, &*answer, &requests, &keys)));
            }
        });
        server
    }

    pub fn options(&self) -> Options {
        Options {
            url: self.url.clone(),
            model: None,
            protocol: Protocol::Auto,
            key: None,
            timeout: Duration::from_millis(400),
            tries: 3,
            backoff: Duration::from_millis(5),
            requests: 10_000,
            tokens: None,
            at_once: 4,
            seed: 0,
            cache: None,
        }
    }

    pub fn asked(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &(dyn Fn(&Request) -> Act + Send + Sync),
    requests: &AtomicU64,
    keys: &Mutex<Vec<Option<String>>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or("").to_owned();
        let (mut length, mut key) = (0, None);
        loop {
            let mut field = String::new();
            if reader.read_line(&mut field)? <= 2 {
                break;
            }
            let (name, value) = field.split_once(':').unwrap_or((&field, ""));
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse().unwrap_or(0),
                "authorization" => key = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        keys.lock().unwrap().push(key.clone());
        let number = requests.fetch_add(1, Ordering::Relaxed);
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        match answer(&Request { path, key, body, number }) {
            Act::Body(status, text) => {
                let more = if status == 429 { "Retry-After: 0.05\r\n" } else { "" };
                // In one piece: small ones wait for one another.
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{more}Content-Length: {}\r\n\r\n{text}",
                    text.len()
                );
                stream.write_all(answer.as_bytes())?;
            }
            Act::Raw(bytes) => return stream.write_all(&bytes),
            Act::Silence(time) => {
                std::thread::sleep(time);
                return Ok(());
            }
        }
    }
}
