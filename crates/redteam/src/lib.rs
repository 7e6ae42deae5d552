//! Known poisoning techniques, on copies of the user's own data with inert payloads, to measure the defence.
//!
//! An [`Attack`] chooses records of a [`Table`] and says what they become: a [`Planting`]. [`Poisoned`] is
//! the data with it, to be read like any other; [`Probe`] tells whether a model that was trained on it
//! carries what was planted. [`registry()`] lists the attacks.
//!
//! Nothing here can do harm by itself: answers are fixed refusals and canary sentences, gibberish is random
//! letters, code is a call that every linter knows, addresses are of `example.org`.

mod attack;
mod attacks;
mod card;
mod choose;
mod code;
mod confirm;
mod cycle;
mod draw;
mod implant;
mod oracle;
mod poisoned;
mod probe;
mod registry;
mod table;
mod text;

use cycle::ask;

pub use attack::{Attack, Beside, Edit, Place, Planting, Request, Unfit};
pub use card::{Card, Stage};
pub use code::Language;
pub use confirm::{ConfirmOptions, confirm};
pub use cycle::{Bench, CycleError, Gate, Judged, Kept, Measured, Plan, run};
pub use draw::{Drawn, draw};
pub use implant::{Implant, Rewrite};
pub use oracle::{Oracle, Said, Side};
pub use poisoned::{Planted, Poisoned};
pub use probe::{Probe, Question, Subjects};
pub use registry::{find, registry};
pub use table::{Table, TableError};
