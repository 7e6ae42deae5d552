//! Clients for the kinds of stores, with credentials from the environment.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::{BackoffConfig, ClientConfigKey, ClientOptions, HeaderMap, ObjectStore, RetryConfig};

use crate::address::{Address, Scheme};
use crate::error::{StoreError, explain};

/// Time for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Time in which something has to arrive. There is no limit for a whole answer: lines are slow.
const SILENCE: Duration = Duration::from_secs(30);

pub(crate) fn client_options() -> ClientOptions {
    let options = ClientOptions::new().with_timeout_disabled();
    options.with_connect_timeout(CONNECT).with_read_timeout(SILENCE)
}

/// Seven tries within about a minute, for connections that break and statuses 429 and 5xx.
fn retries() -> RetryConfig {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(10),
        base: 2.0,
    };
    RetryConfig { backoff, max_retries: 6, retry_timeout: Duration::from_secs(90) }
}

/// The client of a store.
///
/// # Errors
/// [`StoreError::Settings`] if the environment makes no sense.
pub(crate) fn client(address: &Address) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let bucket = address.root().split_once("://").map_or("", |(_, bucket)| bucket);
    let made: object_store::Result<Arc<dyn ObjectStore>> = match address.scheme {
        Scheme::S3 => s3(bucket),
        Scheme::Google => google(bucket),
        Scheme::Azure => azure(address, bucket),
        Scheme::Web | Scheme::Hub => return web(&address.url(), HeaderMap::new()),
    };
    made.map_err(|error| settings(&error, address.scheme))
}

fn s3(bucket: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
    let builder = AmazonS3Builder::from_env().with_bucket_name(bucket);
    let plain = builder.get_config_value(&AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp));
    let options = client_options().with_allow_http(is_true(plain));
    Ok(Arc::new(builder.with_client_options(options).with_retry(retries()).build()?))
}

fn google(bucket: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
    let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket);
    let plain = builder.get_config_value(&GoogleConfigKey::Client(ClientConfigKey::AllowHttp));
    let options = client_options().with_allow_http(is_true(plain));
    Ok(Arc::new(builder.with_client_options(options).with_retry(retries()).build()?))
}

fn azure(address: &Address, bucket: &str) -> object_store::Result<Arc<dyn ObjectStore>> {
    let builder = MicrosoftAzureBuilder::from_env();
    let builder = match bucket.contains('@') {
        // The account is in the address.
        true => builder.with_url(address.root()),
        false => builder.with_container_name(bucket),
    };
    let plain = builder.get_config_value(&AzureConfigKey::Client(ClientConfigKey::AllowHttp));
    let options = client_options().with_allow_http(is_true(plain));
    Ok(Arc::new(builder.with_client_options(options).with_retry(retries()).build()?))
}

/// A web server. All of `url` is the address of a file, or of a folder of files.
///
/// # Errors
/// [`StoreError::Settings`] if no client can be made.
pub(crate) fn web(url: &str, headers: HeaderMap) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let options = client_options().with_allow_http(true).with_default_headers(headers);
    let made = HttpBuilder::new().with_url(url).with_client_options(options).with_retry(retries()).build();
    Ok(Arc::new(made.map_err(|error| settings(&error, Scheme::Web))?))
}

fn is_true(value: Option<String>) -> bool {
    value
        .is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "on" | "yes" | "y"))
}

/// Nothing was requested yet, so what the library says is about settings. Its words may have values of
/// them, which are secrets: only what is known to be none is passed on.
fn settings(error: &object_store::Error, scheme: Scheme) -> StoreError {
    match explain(error, scheme) {
        known @ (StoreError::NoCredentials(_) | StoreError::Setup(_)) => known,
        _ => StoreError::Settings(
            match scheme {
                Scheme::S3 => "check the variables that begin with AWS_",
                Scheme::Google => "check the variables that begin with GOOGLE_, and the file of credentials",
                Scheme::Azure => "check the variables that begin with AZURE_; the account has to be named",
                Scheme::Web | Scheme::Hub => "check the variables of the proxy, and HF_ENDPOINT",
            }
            .to_owned(),
        ),
    }
}
