//! OpenSSF Model Signing 1.0: what is signed ([`Statement`]) and the file it stands in ([`Bundle`]).

mod bundle;
mod statement;

pub(crate) use bundle::sign_payload;
pub use bundle::{Bundle, LARGEST, Material, Signed, sign};
pub use statement::{RecordsClaim, Resource, SealClaim, Statement};

use crate::json::JsonError;
use crate::names::NameError;

/// Why a bundle is not taken for one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OmsError {
    /// The JSON around the signature.
    #[error("the file is not valid JSON for a seal: {0}")]
    Json(JsonError),
    /// The JSON that is signed.
    #[error("what was signed is not valid JSON for a seal: {0}")]
    Payload(JsonError),
    /// It breaks a rule of the format.
    #[error("{0}")]
    Malformed(String),
    /// A name in it cannot be used.
    #[error("{0}")]
    Name(#[from] NameError),
    /// It is of a version whose signatures do not bind what they should.
    #[error(
        "signed with model-signing 0.2, whose signatures cover neither the file list's order nor its \
         parameters and use an encoding with a known fault; sign the data again"
    )]
    Historical,
    /// It may be good, but this program cannot tell.
    #[error("{0}")]
    Unsupported(String),
}

impl OmsError {
    /// Whether this says nothing about the data: another program may be able to check it.
    pub fn is_unsupported(&self) -> bool {
        matches!(self, OmsError::Historical | OmsError::Unsupported(_))
    }
}

fn malformed(why: impl Into<String>) -> OmsError {
    OmsError::Malformed(why.into())
}
