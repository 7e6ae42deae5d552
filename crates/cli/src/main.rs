//! The program; see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    toadstone::run(std::env::args_os()).into()
}
