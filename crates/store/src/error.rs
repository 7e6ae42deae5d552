//! Why a store does not do what it was asked for, in words for the user.
//!
//! Servers and libraries put addresses, signatures and whole pages into their errors. None of that is
//! passed on: a message is ours, with at most a status and the code that S3 and its kin give.

use std::error::Error;
use std::io;

use crate::address::Scheme;

const NO_AUTHORITIES: &str = "this machine has no certificates of authorities; install the package ca-certificates, or set SSL_CERT_FILE";
/// Longest code of a server that is shown.
const CODE: usize = 48;

/// Why a store does not do what it was asked for. The message says what to do; the address is not in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no such object.
    #[error("there is nothing at this address")]
    Missing,
    /// There is no such bucket.
    #[error("there is no such bucket; check its name, the region and the endpoint")]
    NoBucket,
    /// Nobody said who we are.
    #[error("no credentials were found; {0}")]
    NoCredentials(&'static str),
    /// The server knows us and says no, or does not know us.
    #[error("access was refused ({said}); {help}")]
    Refused {
        /// Status and code.
        said: String,
        /// What to do.
        help: &'static str,
    },
    /// The object is not the one that was found.
    #[error("it changed while it was being read; run again when nothing writes to it")]
    Changed,
    /// The server's region or endpoint is another one.
    #[error(
        "the bucket is elsewhere ({said}); set AWS_REGION to its region, or AWS_ENDPOINT_URL for a server of your own"
    )]
    Elsewhere {
        /// Status and code.
        said: String,
    },
    /// An address without TLS.
    #[error(
        "the endpoint is http:// and not https://; AWS_ALLOW_HTTP=true (AZURE_ALLOW_HTTP, GOOGLE_ALLOW_HTTP) allows it"
    )]
    Plain,
    /// No server answers.
    #[error("the server cannot be reached ({0}); check the network, the endpoint and the proxy")]
    Unreachable(&'static str),
    /// The server answers with something that is no help.
    #[error("the server answered {said}, also when asked again")]
    Server {
        /// Status and code.
        said: String,
    },
    /// The connection is cut again and again.
    #[error(
        "the connection was cut {tries} times, last after {at} bytes; run again when the network is better"
    )]
    Cut {
        /// How often it was tried.
        tries: u32,
        /// Where it stopped last.
        at: u64,
    },
    /// The server cannot give parts of a file.
    #[error("the server does not give parts of files (no range requests)")]
    NoRanges,
    /// The server does not say how long a file is.
    #[error("the server does not say how large the file is; download it and name the file")]
    NoSize,
    /// An object whose name cannot be asked for.
    #[error(
        "an object there has a name that cannot be asked for (an empty part, `.`, `..` or a control character); rename it, or name folders without it"
    )]
    Name,
    /// A setting in the environment that cannot be.
    #[error("the settings of this store in the environment are wrong: {0}")]
    Settings(String),
    /// Nothing can be requested on this machine.
    #[error("cannot make requests: {0}")]
    Setup(String),
    /// A local file that is sent, or that something is copied to, cannot be used.
    #[error("cannot use a local file: {0}")]
    Local(String),
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl From<StoreError> for io::Error {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Missing | StoreError::NoBucket => io::ErrorKind::NotFound,
            StoreError::NoCredentials(_) | StoreError::Refused { .. } => io::ErrorKind::PermissionDenied,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}

/// What an answer says of itself: the status, and S3's code for what is wrong.
#[derive(Debug, Default)]
struct Said {
    status: Option<u16>,
    code: Option<String>,
}

impl Said {
    /// The library gives both only as text.
    fn of(text: &str) -> Said {
        let after = |mark: &str| text.split_once(mark).map(|(_, rest)| rest);
        let status = after("status code: ").and_then(|rest| rest.get(..3)?.parse().ok());
        let code = after("<Code>").and_then(|rest| rest.split_once('<')).map(|(code, _)| code);
        let code = code.filter(|c| c.len() <= CODE && c.bytes().all(|b| b.is_ascii_alphanumeric()));
        Said { status, code: code.map(str::to_owned) }
    }

    fn shown(&self) -> String {
        match (self.status, &self.code) {
            (Some(status), Some(code)) => format!("{status} {code}"),
            (Some(status), None) => status.to_string(),
            (None, Some(code)) => code.clone(),
            (None, None) => "something that cannot be understood".to_owned(),
        }
    }
}

/// All that an error and its causes say.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = text + "\n" + &error.to_string();
        cause = error.source();
    }
    text
}

/// Turns an error of the library into ours.
pub(crate) fn explain(error: &object_store::Error, scheme: Scheme) -> StoreError {
    use object_store::Error as E;
    let text = chain(error);
    let said = Said::of(&text);
    match error {
        E::Precondition { .. } | E::NotModified { .. } => return StoreError::Changed,
        E::InvalidPath { .. } => return StoreError::Name,
        E::NotSupported { .. } if scheme == Scheme::Web => return StoreError::NoRanges,
        _ => {}
    }
    if let Some(known) = known(&text, scheme) {
        return known;
    }
    match (said.status, said.code.as_deref()) {
        (_, Some("NoSuchBucket" | "ContainerNotFound")) => StoreError::NoBucket,
        (
            _,
            Some("PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException"),
        ) => StoreError::Elsewhere { said: said.shown() },
        (Some(301 | 307), _) if scheme == Scheme::S3 => StoreError::Elsewhere { said: said.shown() },
        (Some(404), _) => StoreError::Missing,
        (Some(401 | 403), code) => StoreError::Refused { said: said.shown(), help: refused(scheme, code) },
        (Some(412 | 416), _) => StoreError::Changed,
        (Some(_), _) | (_, Some(_)) => StoreError::Server { said: said.shown() },
        (None, None) if matches!(error, E::NotFound { .. }) => StoreError::Missing,
        (None, None) => StoreError::Server { said: said.shown() },
    }
}

/// What has neither status nor code, and is known by the library's words.
fn known(text: &str, scheme: Scheme) -> Option<StoreError> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // Machines in the cloud are asked at this address who they are; nobody said so here.
    let asked_machine = has(&["169.254.169.254", "169.254.170.2", "metadata.google.internal"]);
    Some(match () {
        () if asked_machine || has(&["Missing AccessKeyId", "Missing SecretAccessKey"]) => {
            StoreError::NoCredentials(credentials(scheme))
        }
        () if has(&["URL scheme is not allowed", "BadScheme"]) => StoreError::Plain,
        () if has(&["redirect without LOCATION"]) => {
            StoreError::Elsewhere { said: "a redirect without a target".to_owned() }
        }
        () if has(&["Content-Length Header missing"]) => StoreError::NoSize,
        () if has(&["No CA certificates", "no valid native"]) => StoreError::Setup(NO_AUTHORITIES.to_owned()),
        () if has(&["dns error", "failed to lookup address"]) => {
            StoreError::Unreachable("its name is not known")
        }
        () if has(&["certificate", "UnknownIssuer", "InvalidCertificate"]) => {
            StoreError::Unreachable("its certificate is not trusted")
        }
        () if has(&["Connection refused", "tcp connect error", "ConnectError"]) => {
            StoreError::Unreachable("it refuses connections")
        }
        () if has(&["timed out", "TimedOut", "operation timed out"]) => {
            StoreError::Unreachable("it does not answer in time")
        }
        () if has(&["error sending request"]) => StoreError::Unreachable("the connection breaks"),
        () => return None,
    })
}

fn credentials(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Google => {
            "set GOOGLE_APPLICATION_CREDENTIALS to a file with them, or GOOGLE_SKIP_SIGNATURE=true for public data"
        }
        Scheme::Azure => {
            "set AZURE_STORAGE_ACCOUNT_NAME with AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_KEY, or AZURE_SKIP_SIGNATURE=true for public data"
        }
        _ => {
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (`aws configure export-credentials --format env` prints those of a profile), or AWS_SKIP_SIGNATURE=true for public data"
        }
    }
}

fn refused(scheme: Scheme, code: Option<&str>) -> &'static str {
    match (scheme, code) {
        (
            Scheme::S3,
            Some("InvalidAccessKeyId" | "SignatureDoesNotMatch" | "ExpiredToken" | "InvalidToken"),
        ) => {
            "the credentials are wrong or have expired: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
        }
        (Scheme::S3 | Scheme::Google | Scheme::Azure, _) => {
            "check which account the environment names, and that it may list and read there (and write, for --out)"
        }
        (Scheme::Hub, _) => {
            "set HF_TOKEN to a token that may read the data set, and accept its conditions on the Hub if it has any"
        }
        (Scheme::Web, _) => "the server wants to know who asks; download the file and name it",
    }
}

/// What a status means that has no more to it.
pub(crate) fn status(code: u16, scheme: Scheme) -> StoreError {
    let said = code.to_string();
    match code {
        401 | 403 => StoreError::Refused { said, help: refused(scheme, None) },
        404 => StoreError::Missing,
        _ => StoreError::Server { said },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &str) -> object_store::Error {
        object_store::Error::Generic { store: "S3", source: text.into() }
    }

    #[test]
    fn servers_do_not_speak_to_the_user() {
        let page = "Error performing GET https://h/?X-Amz-Signature=SECRET - Server returned non-2xx status code: 403 Forbidden: <Error><Code>AccessDenied</Code><Message>\x1b[2J</Message></Error>";
        let shown = explain(&generic(page), Scheme::S3).to_string();
        assert!(shown.starts_with("access was refused (403 AccessDenied); "), "{shown}");
        assert!(!shown.contains("SECRET") && !shown.contains('\x1b'));
        let hostile = "status code: 500 <Code>\x1b[2Jx</Code>";
        assert_eq!(explain(&generic(hostile), Scheme::S3), StoreError::Server { said: "500".to_owned() });
        let cut = "status code: é";
        assert!(matches!(explain(&generic(cut), Scheme::S3), StoreError::Server { .. }));
    }

    #[test]
    fn what_to_do_depends_on_what_is_wrong() {
        let of = |text: &str| explain(&generic(text), Scheme::S3);
        assert_eq!(of("status code: 404 Not Found: <Code>NoSuchBucket</Code>"), StoreError::NoBucket);
        assert_eq!(of("status code: 404 Not Found: <Code>NoSuchKey</Code>"), StoreError::Missing);
        assert_eq!(of("status code: 412 x"), StoreError::Changed);
        assert!(matches!(
            of("Error performing PUT http://169.254.169.254/latest/api/token"),
            StoreError::NoCredentials(_)
        ));
        assert!(matches!(
            of("status code: 301 Moved: <Code>PermanentRedirect</Code>"),
            StoreError::Elsewhere { .. }
        ));
        assert_eq!(of("builder error: URL scheme is not allowed"), StoreError::Plain);
    }
}
