//! Data sets of the Hugging Face Hub: which commit a revision is, and which files it has.
//!
//! The Hub's HTTP interface: <https://huggingface.co/docs/hub/api>. `HF_TOKEN` is sent to the endpoint
//! alone; files are often on other servers, and the client drops it where it is sent on to one.
//! `HF_ENDPOINT` names another endpoint.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use object_store::{HeaderMap, HeaderValue, ObjectStore};
use reqwest::header::{AUTHORIZATION, LINK};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::address::{Address, Scheme};
use crate::error::{StoreError, status};
use crate::object::Stat;
use crate::open;
use crate::runtime::wait;

const ENDPOINT: &str = "https://huggingface.co";
/// Longest answer: a page of a listing has a thousand files.
const LONGEST: usize = 32 << 20;
/// Tries of a request.
const TRIES: u32 = 6;

/// One revision of a data set.
pub(crate) struct Hub {
    http: reqwest::Client,
    /// `https://huggingface.co/`
    endpoint: Url,
    /// `OWNER/NAME`
    name: String,
    commit: String,
    /// All files of the commit, once somebody asked.
    files: OnceLock<Vec<(String, Stat)>>,
}

#[derive(Deserialize)]
struct Revision {
    sha: String,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    #[serde(default)]
    size: u64,
}

impl Hub {
    /// Asks which commit the revision of an address is now; all else is asked for by that commit.
    ///
    /// # Errors
    /// The Hub does not know it, or does not let us.
    pub(crate) fn open(address: &Address) -> Result<Hub, StoreError> {
        let data_set = address.root().strip_prefix("hf://datasets/").unwrap_or_default();
        let (name, revision) = data_set.split_once('@').unwrap_or((data_set, "main"));
        let wrong = |why: &str| StoreError::Settings(why.to_owned());
        let endpoint = std::env::var("HF_ENDPOINT").ok().filter(|text| !text.is_empty());
        let endpoint = endpoint.as_deref().unwrap_or(ENDPOINT).trim_end_matches('/').to_owned() + "/";
        let endpoint = Url::parse(&endpoint).map_err(|_| wrong("HF_ENDPOINT is no URL"))?;
        let http = reqwest::Client::builder()
            .default_headers(headers()?)
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(30))
            .build()
            .map_err(|_| wrong("check the variables of the proxy"))?;
        let mut hub =
            Hub { http, endpoint, name: name.to_owned(), commit: String::new(), files: OnceLock::new() };
        let revision = revision.replace('/', "%2F");
        let found: Revision = hub.get(hub.url(&format!("api/datasets/{name}/revision/{revision}"))?)?.0;
        if found.sha.is_empty() || !found.sha.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(StoreError::Server { said: "a commit that is none".to_owned() });
        }
        hub.commit = found.sha;
        Ok(hub)
    }

    /// A client for the files of this commit.
    pub(crate) fn client(&self) -> Result<Arc<dyn ObjectStore>, StoreError> {
        let files = self.url(&format!("datasets/{}/resolve/{}", self.name, self.commit))?;
        open::web(files.as_str(), headers()?)
    }

    /// All files.
    pub(crate) fn files(&self) -> Result<&[(String, Stat)], StoreError> {
        if let Some(files) = self.files.get() {
            return Ok(files);
        }
        let mut files = Vec::new();
        let mut next =
            Some(self.url(&format!("api/datasets/{}/tree/{}?recursive=true", self.name, self.commit))?);
        while let Some(page) = next {
            let (entries, more): (Vec<Entry>, _) = self.get(page)?;
            let file = |entry: Entry| {
                let stat = Stat { size: entry.size, etag: None, modified: None };
                (entry.kind == "file").then_some((entry.path, stat))
            };
            files.extend(entries.into_iter().filter_map(file));
            // Another server must not be told the token.
            next = more.filter(|url| url.origin() == self.endpoint.origin());
        }
        Ok(self.files.get_or_init(|| files))
    }

    fn url(&self, path: &str) -> Result<Url, StoreError> {
        self.endpoint.join(path).map_err(|_| StoreError::Settings("HF_ENDPOINT is no URL".to_owned()))
    }

    /// An answer, and where the next page of it is.
    fn get<T: DeserializeOwned>(&self, url: Url) -> Result<(T, Option<Url>), StoreError> {
        wait(async {
            let mut tries = 0;
            loop {
                tries += 1;
                match self.ask(url.clone()).await {
                    Err(StoreError::Server { .. } | StoreError::Unreachable(_)) if tries < TRIES => {
                        tokio::time::sleep(Duration::from_millis(100) * 2u32.pow(tries)).await;
                    }
                    answer => return answer,
                }
            }
        })
    }

    async fn ask<T: DeserializeOwned>(&self, url: Url) -> Result<(T, Option<Url>), StoreError> {
        let broken = |_| StoreError::Unreachable("the connection breaks");
        let mut answer = self.http.get(url).send().await.map_err(broken)?;
        if !answer.status().is_success() {
            return Err(status(answer.status().as_u16(), Scheme::Hub));
        }
        let next = answer.headers().get(LINK).and_then(|link| next_page(link.to_str().ok()?));
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(broken)? {
            body.extend_from_slice(&part);
            if body.len() > LONGEST {
                return Err(StoreError::Server { said: "more than a listing can be".to_owned() });
            }
        }
        let parsed = serde_json::from_slice(&body);
        let parsed =
            parsed.map_err(|_| StoreError::Server { said: "something that is no listing".to_owned() })?;
        Ok((parsed, next))
    }
}

/// The token, if there is one.
fn headers() -> Result<HeaderMap, StoreError> {
    let mut headers = HeaderMap::new();
    if let Some(token) = std::env::var("HF_TOKEN").ok().filter(|token| !token.trim().is_empty()) {
        let value = HeaderValue::from_str(&format!("Bearer {}", token.trim()));
        let mut value = value.map_err(|_| StoreError::Settings("HF_TOKEN is no token".to_owned()))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

/// `<https://...>; rel="next"` of a `Link` header.
fn next_page(link: &str) -> Option<Url> {
    let next = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    let (_, rest) = next.split_once('<')?;
    Url::parse(rest.split_once('>')?.0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found() {
        let link = r#"<https://h/a?cursor=x>; rel="next", <https://h/b>; rel="first""#;
        assert_eq!(next_page(link).unwrap().as_str(), "https://h/a?cursor=x");
        assert_eq!(next_page(r#"<https://h/b>; rel="first""#), None);
        assert_eq!(next_page("rel=\"next\""), None);
    }
}
