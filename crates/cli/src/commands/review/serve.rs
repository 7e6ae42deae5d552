//! The page, until Ctrl-C.

use std::io::IsTerminal;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use toadstone_core::{Control, visible};
use toadstone_review::Desk;
use toadstone_review::server::{self, Token};

use super::{Args, clean, corpus, threads};
use crate::data::grouped;
use crate::failure::Failure;
use crate::terminal::{OPEN, print, quoted, tell};

/// Serves the page, while the data is read beside it.
pub fn serve(args: &Args, desk: Desk, temporary: &Path, control: &Arc<Control>) -> Result<(), Failure> {
    let corpus = corpus(args, &desk, temporary)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).map_err(|e| {
        Failure::new(format!("cannot listen on port {}: {e}", args.port))
            .help("without `--port`, any free one is taken")
    })?;
    let port = listener.local_addr().map_err(Failure::new)?.port();
    let token =
        Token::random().map_err(|e| Failure::new(format!("the system gives no random numbers: {e}")))?;
    let address = format!("http://127.0.0.1:{port}/?token={}", token.text());
    print(format!(
        "REVIEW  {} findings, {} suspicious records\n\n    {address}\n\n\
         Whoever has this address can read the records and decide, from this machine. Ctrl-C ends it.\n",
        grouped(desk.run().findings.len() as u64),
        grouped(desk.suspicious()),
    ))?;
    if !args.no_open && std::io::stdout().is_terminal() {
        open(&address);
    }
    let desk = Arc::new(desk);
    let served = std::thread::scope(|scope| {
        let reading = Arc::clone(&desk);
        scope.spawn(move || {
            reading.read(&corpus, threads());
            for problem in reading.problems() {
                tell(&format!("warning: {}\n", visible(&problem)));
            }
        });
        let served = server::serve(listener, Arc::clone(&desk), token, || control.stopped());
        desk.stop();
        served
    });
    served.map_err(|e| Failure::new(format!("cannot serve the page: {e}")))?;
    let file = args.decisions.clone().unwrap_or_else(|| args.run.join("decisions.jsonl"));
    print(format!(
        "\n{} decisions in {}\n\nnext  {}\n      toadstone review {} --summary\n",
        grouped(desk.decisions()),
        quoted(&file),
        visible(&clean(&desk, &args.run)),
        quoted(&args.run),
    ))
}

/// Opens the page; if that does not work, the address has been printed.
fn open(address: &str) {
    let browser = Command::new(OPEN)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Ok(mut browser) = browser {
        std::thread::spawn(move || browser.wait());
    }
}
