//! Addresses of objects: `s3://bucket/key` and its kin.

use std::fmt::{self, Debug, Display};

/// What an address begins with.
const SCHEMES: [(&str, Scheme); 9] = [
    ("s3", Scheme::S3),
    ("s3a", Scheme::S3),
    ("gs", Scheme::Google),
    ("az", Scheme::Azure),
    ("abfs", Scheme::Azure),
    ("abfss", Scheme::Azure),
    ("http", Scheme::Web),
    ("https", Scheme::Web),
    ("hf", Scheme::Hub),
];

/// The kind of store that an address leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    S3,
    Google,
    Azure,
    Web,
    Hub,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It begins with something else.
    #[error("this kind of address is not known; use s3://, gs://, az://, abfss://, https:// or hf://")]
    Scheme,
    /// There is no bucket in it, or one that cannot be.
    #[error("the name of the bucket is missing or has characters that no bucket's name has")]
    Bucket,
    /// The key has parts that no request can carry.
    #[error("the path has an empty part, `.`, `..` or a control character, and cannot be asked for")]
    Key,
    /// It is no URL.
    #[error("it is not a URL of a file: {0}")]
    Url(&'static str),
    /// It has a user's name or password in it.
    #[error(
        "an address must not hold a name or password, because reports show addresses; the server would have to allow access without"
    )]
    Credentials,
    /// It names no data set of the Hub.
    #[error(
        "write it as hf://datasets/OWNER/NAME, hf://datasets/OWNER/NAME@REVISION or with a path behind that"
    )]
    Hub,
}

/// Where an object, or a folder of objects, is.
///
/// The key is taken literally, as the tools of the stores take it: `%`, `?` and spaces mean themselves. Of a
/// web address everything is kept as it was written; what stands behind `?` is sent and never shown, because
/// that is where signed addresses carry their signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(crate) scheme: Scheme,
    /// `s3://bucket`, without a slash at its end; all of the address for the web.
    root: String,
    /// `?` and what follows, of a web address.
    query: String,
    /// Without a slash at either end.
    key: String,
    folder: bool,
}

/// Whether a text is meant to be an address: it begins with `word://`.
pub fn is_address(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once("://") else { return false };
    let mut letters = scheme.bytes();
    letters.next().is_some_and(|b| b.is_ascii_alphabetic())
        && letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// A text that the user meant as an address, without what may be secret in it: what stands before `@` in the
/// place of the server, and what stands behind `?` in a web address.
pub fn shown(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://").filter(|_| is_address(text)) else {
        return text.to_owned();
    };
    if !scheme.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http")) {
        return text.to_owned();
    }
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (server, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let server = server.rsplit_once('@').map_or(server, |(_, server)| server);
    format!("{scheme}://{server}{path}")
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// [`AddressError`] if it is none, or one that cannot be asked for.
    pub fn parse(text: &str) -> Result<Address, AddressError> {
        let (name, rest) = text.split_once("://").ok_or(AddressError::Scheme)?;
        let known = SCHEMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
        let (name, scheme) = known.ok_or(AddressError::Scheme)?;
        if *scheme == Scheme::Web {
            return web(text);
        }
        let (root, key) = match scheme {
            Scheme::Hub => data_set(rest)?,
            _ => rest.split_once('/').unwrap_or((rest, "")),
        };
        if *scheme != Scheme::Hub && !is_bucket(root, *scheme) {
            return Err(AddressError::Bucket);
        }
        let folder = key.is_empty() || key.ends_with('/');
        let parts = key.strip_suffix('/').unwrap_or(key);
        if !key.is_empty() && !parts.split('/').all(is_part) {
            return Err(AddressError::Key);
        }
        let root = format!("{name}://{root}");
        Ok(Address { scheme: *scheme, root, query: String::new(), key: parts.to_owned(), folder })
    }

    /// The store: the address without its key.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// What stands behind the store, without slashes around it.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether it ends with a slash, or names the whole store.
    pub fn is_folder(&self) -> bool {
        self.folder
    }

    /// Whether several objects can be found below it.
    pub fn can_list(&self) -> bool {
        self.scheme != Scheme::Web
    }

    /// Whether objects can be written below it.
    pub fn can_write(&self) -> bool {
        matches!(self.scheme, Scheme::S3 | Scheme::Google | Scheme::Azure)
    }

    /// The full address of another key of this store.
    pub fn name_of(&self, key: &str) -> String {
        format!("{}/{key}", self.root)
    }

    /// The whole of a web address, with what is not shown.
    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.root, self.query)
    }
}

/// Without the part of a web address that may be secret.
impl Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.root)?;
        if !self.key.is_empty() {
            write!(f, "/{}", self.key)?;
        }
        if self.folder { f.write_str("/") } else { Ok(()) }
    }
}

/// As it is shown: what is secret must not come out by way of a debug print either.
impl Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

fn web(text: &str) -> Result<Address, AddressError> {
    let url = url::Url::parse(text).map_err(|_| AddressError::Url("it cannot be parsed"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(AddressError::Url("it names no server"));
    }
    if url.path().ends_with('/') {
        return Err(AddressError::Url("it names a folder, and web servers cannot list one"));
    }
    let root = url[..url::Position::AfterPath].to_owned();
    let query = url[url::Position::AfterPath..url::Position::AfterQuery].to_owned();
    Ok(Address { scheme: Scheme::Web, root, query, key: String::new(), folder: false })
}

/// `datasets/OWNER/NAME[@REV]` and the path behind it.
fn data_set(rest: &str) -> Result<(&str, &str), AddressError> {
    let end = rest.match_indices('/').nth(2).map_or(rest.len(), |(at, _)| at);
    let (root, key) = (&rest[..end], rest[end..].strip_prefix('/').unwrap_or(""));
    let parts: Vec<&str> = root.split('/').collect();
    let &["datasets", owner, name] = parts.as_slice() else { return Err(AddressError::Hub) };
    let (name, revision) = name.split_once('@').unwrap_or((name, "main"));
    let fine = |part: &str| {
        let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        is_part(part) && part.bytes().all(word)
    };
    let revision = revision.replace("%2F", "/");
    if fine(owner) && fine(name) && revision.split('/').all(fine) {
        Ok((root, key))
    } else {
        Err(AddressError::Hub)
    }
}

fn is_bucket(name: &str, scheme: Scheme) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':');
    let (name, account) = match name.split_once('@') {
        Some((name, account)) if scheme == Scheme::Azure => (name, Some(account)),
        _ => (name, None),
    };
    let fine = |name: &str| is_part(name) && name.bytes().all(word);
    // `$web` and `$root` are containers of Azure.
    fine(name.strip_prefix('$').unwrap_or(name)) && account.is_none_or(fine)
}

fn is_part(part: &str) -> bool {
    !matches!(part, "" | "." | "..") && !part.chars().any(|c| c.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(text: &str) -> (String, String, bool) {
        let address = Address::parse(text).unwrap();
        (address.root().to_owned(), address.key().to_owned(), address.is_folder())
    }

    #[test]
    fn keys_are_literal() {
        let is = |root: &str, key: &str, folder| (root.to_owned(), key.to_owned(), folder);
        assert_eq!(parts("s3://b/x/100%25 of?it#.csv"), is("s3://b", "x/100%25 of?it#.csv", false));
        assert_eq!(parts("s3://b/x/"), is("s3://b", "x", true));
        assert_eq!(parts("gs://b"), is("gs://b", "", true));
        assert_eq!(
            parts("abfss://c@acc.dfs.core.windows.net/a"),
            is("abfss://c@acc.dfs.core.windows.net", "a", false)
        );
        assert_eq!(parts("hf://datasets/o/n@v1.0/a/b.csv"), is("hf://datasets/o/n@v1.0", "a/b.csv", false));
        assert_eq!(parts("hf://datasets/o/n@refs%2Fpr%2F1"), is("hf://datasets/o/n@refs%2Fpr%2F1", "", true));
    }

    #[test]
    fn what_cannot_be_asked_for_is_refused() {
        for text in ["s3://b/a//b", "s3://b/../x", "s3://b/a/./b", "s3://b/a\nb", "az://c//"] {
            assert_eq!(Address::parse(text), Err(AddressError::Key), "{text}");
        }
        for text in ["s3://", "s3:///x", "s3://a b/x", "gs://name@host/x", "s3://../x"] {
            assert_eq!(Address::parse(text), Err(AddressError::Bucket), "{text}");
        }
        for text in ["hf://models/o/n", "hf://datasets/o", "hf://datasets/o/n@/x", "hf://datasets/../n"] {
            assert_eq!(Address::parse(text), Err(AddressError::Hub), "{text}");
        }
        assert_eq!(Address::parse("https://u:p@h/x"), Err(AddressError::Credentials));
        assert!(matches!(Address::parse("https://h/x/"), Err(AddressError::Url(_))));
        assert_eq!(Address::parse("ftp://h/x"), Err(AddressError::Scheme));
    }

    #[test]
    fn the_query_of_a_web_address_is_sent_and_not_shown() {
        let address = Address::parse("https://h/a%20b.csv?X-Signature=secret#part").unwrap();
        assert_eq!(address.url(), "https://h/a%20b.csv?X-Signature=secret");
        assert_eq!(address.to_string(), "https://h/a%20b.csv");
        assert!(!format!("{address:?}").contains("secret"));
        assert_eq!(shown("https://u:secret@h/a?secret"), "https://h/a");
        assert_eq!((shown("s3://b/a?b@c"), shown("a?b")), ("s3://b/a?b@c".to_owned(), "a?b".to_owned()));
    }

    #[test]
    fn paths_are_no_addresses() {
        assert!(is_address("s3://b") && is_address("x-y+1://"));
        assert!(!is_address("a/b://c") && !is_address("://") && !is_address("C:/x"));
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(text in "(s3|gs|az|hf|https)://[ -~é\\n/@?#%.a]{0,40}") {
            if let Ok(address) = Address::parse(&text) {
                let again = Address::parse(&address.to_string()).unwrap();
                prop_assert_eq!(again.root(), address.root());
                prop_assert_eq!(again.key(), address.key());
                prop_assert_eq!(again.is_folder(), address.is_folder());
                prop_assert!(!address.key().starts_with('/') && !address.key().ends_with('/'));
            }
        }
    }
}
