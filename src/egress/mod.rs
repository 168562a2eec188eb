//! Egress: the one way out. Everything that this server fetches, it fetches here.
//!
//! Owns what may be reached: http and https, and nothing inside unless the configuration names it. A name is
//! resolved once, every address that it leads to is checked, and the connection goes to a checked address, so that
//! a name cannot say one thing to the check and another to the connection. Redirects go the same way again. It owns the bounds as
//! well: time, bytes, and the pace at which one host is asked. It must never know what is fetched or why.

mod allow;
mod body;
mod error;
mod eyes;
mod inside;
#[cfg(test)]
mod tests;
mod turns;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, HOST, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::Full;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::time::{sleep, timeout};
use tower::{Service as _, service_fn};
use url::{Position, Url};

use turns::Turns;

pub use allow::Permit;
pub use error::EgressError;
pub use inside::inside;

/// How often a redirect is followed.
pub const REDIRECTS_MAX: usize = 5;

/// For so long a request keeps others from its host: what takes longer is slow, and they need not wait for it.
const TURN_MAX: Duration = Duration::from_secs(5);

/// The longest address that is fetched, in bytes.
const URL_BYTES_MAX: usize = 4_000;

/// What egress needs to know of the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What may be reached though it lies inside.
    pub allow: Vec<Permit>,
    /// For resolving a name, connecting and TLS.
    pub connect_timeout: Duration,
    /// From the request to the head of its answer.
    pub header_timeout: Duration,
    /// From the beginning to the last byte of the body, for each redirect anew.
    pub timeout: Duration,
    /// Between two requests to one host.
    pub pause: Duration,
    /// The most bytes of a body, as it comes and decoded.
    pub bytes_max: usize,
    /// The `User-Agent`.
    pub agent: String,
}

/// Where a name leads. The system's way, unless a test has its own.
type Resolve = Arc<
    dyn Fn(String, u16) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> + Send + Sync,
>;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: Method,
    pub url: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Whether someone who may say so named this host, so that what the configuration allows inside may be reached there.
    named: bool,
}

impl Ask {
    /// For an address that the configuration or the command line names.
    pub fn get(url: &str) -> Ask {
        let (method, headers, body) = (Method::GET, HeaderMap::new(), Bytes::new());
        Ask { method, url: url.into(), headers, body, named: true }
    }

    /// For an address that was found in what came from elsewhere: only on the host of the one that was `named` may it lie
    /// inside. What is allowed for one feed is not open to whatever another links to.
    pub fn found(url: &str, named: &str) -> Ask {
        let hosts = [url, named].map(|url| Url::parse(url).ok());
        let [Some(to), Some(from)] = hosts else { return Ask { named: false, ..Ask::get(url) } };
        Ask { named: same_host(&to, &from), ..Ask::get(url) }
    }
}

fn same_host(a: &Url, b: &Url) -> bool {
    a.host().is_some() && a.host() == b.host()
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where it came from at last.
    pub url: Url,
    /// Where it is to be asked for from now on, as 301 and 308 said before any redirect that is for now only.
    pub moved: Option<Url>,
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Decoded. Empty where the status is not of success.
    pub body: Bytes,
}

pub struct Egress {
    settings: Settings,
    resolve: Resolve,
    tls: Arc<ClientConfig>,
    turns: Turns,
}

impl Egress {
    pub fn new(settings: Settings) -> Egress {
        let system = |host: String, port| -> Pin<Box<dyn Future<Output = _> + Send>> {
            Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) })
        };
        Egress::resolving(settings, Arc::new(system))
    }

    fn resolving(settings: Settings, resolve: Resolve) -> Egress {
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider speaks the default versions of TLS")
            .with_webpki_roots()
            .with_no_client_auth();
        let turns = Turns::new(settings.pause);
        Egress { settings, resolve, tls: Arc::new(tls), turns }
    }

    /// Asks, following redirects of a GET.
    ///
    /// # Errors
    /// What may not be reached, cannot be, takes too long or is too large. A status that is no success is none:
    /// what it means is for whoever asked to say.
    pub async fn fetch(&self, ask: &Ask) -> Result<Fetched, EgressError> {
        let mut url = checked(&ask.url)?;
        let mut moved = None;
        let mut for_ever = true;
        let mut named = ask.named;
        let mut ask = ask.clone();
        for _ in 0..=REDIRECTS_MAX {
            let (status, headers, body) = self.exchange(&url, &ask, named).await?;
            let redirected =
                ask.method == Method::GET && matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
            if !redirected {
                return Ok(Fetched { url, moved, status, headers, body });
            }
            let location = headers.get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
            let location = location.and_then(|location| url.join(location).ok());
            let location = location.ok_or_else(|| EgressError::NoLocation { url: url.to_string() })?;
            for_ever &= matches!(status.as_u16(), 301 | 308);
            let to = checked(location.as_str())?;
            named &= same_host(&to, &url);
            if to.origin() != url.origin() {
                // A token is for whom it was given to.
                ask.headers.remove(AUTHORIZATION);
            }
            url = to;
            if for_ever {
                moved = Some(url.clone());
            }
        }
        Err(EgressError::TooManyRedirects { url: ask.url.clone() })
    }

    /// One request and its answer, when it is its host's turn.
    async fn exchange(
        &self,
        url: &Url,
        ask: &Ask,
        named: bool,
    ) -> Result<(StatusCode, HeaderMap, Bytes), EgressError> {
        // One host may have several servers, of which one that hangs is no reason to leave the others alone.
        let turn = self.turns.wait(&url[Position::BeforeHost..Position::AfterPort]).await;
        let whole = async {
            let mut sender = self.connect(url, named).await?;
            let response = self.limit(url, "the answer", self.settings.header_timeout, async {
                let answer = sender.0.send_request(self.request(url, ask)?).await;
                answer.map_err(|error| EgressError::Broken { url: url.to_string(), why: body::said(&error) })
            });
            let (head, incoming) = response.await?.into_parts();
            let body = match head.status.is_success() {
                true => body::read(url.as_str(), &head.headers, incoming, self.settings.bytes_max).await?,
                false => Bytes::new(),
            };
            Ok((head.status, head.headers, body))
        };
        let whole = self.limit(url, "all of it", self.settings.timeout, whole);
        tokio::pin!(whole);
        tokio::select! {
            answer = &mut whole => return answer,
            () = sleep(TURN_MAX) => drop(turn),
        }
        whole.await
    }

    async fn limit<T>(
        &self,
        url: &Url,
        doing: &'static str,
        limit: Duration,
        work: impl Future<Output = Result<T, EgressError>>,
    ) -> Result<T, EgressError> {
        let too_slow = || EgressError::TooSlow { url: url.to_string(), doing, limit };
        timeout(limit, work).await.unwrap_or_else(|_| Err(too_slow()))
    }

    fn request(&self, url: &Url, ask: &Ask) -> Result<Request<Full<Bytes>>, EgressError> {
        let unfit =
            |error: http::Error| EgressError::NotAnAddress { url: url.to_string(), why: error.to_string() };
        let mut request = Request::builder()
            .method(ask.method.clone())
            .uri(&url[Position::BeforePath..Position::AfterQuery])
            .body(Full::new(ask.body.clone()))
            .map_err(unfit)?;
        let headers = request.headers_mut();
        headers.extend(ask.headers.clone());
        let value = |text: &str| HeaderValue::from_str(text).map_err(|error| unfit(error.into()));
        headers.insert(HOST, value(&url[Position::BeforeHost..Position::AfterPort])?);
        headers.insert(USER_AGENT, value(&self.settings.agent)?);
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(body::ACCEPTED));
        // A source is asked every few minutes at most: no connection waits for that.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        Ok(request)
    }

    /// A connection to a checked address of the host, with TLS where the scheme wants it.
    async fn connect(&self, url: &Url, named: bool) -> Result<Sender, EgressError> {
        let connecting = async {
            let addresses = self.addresses(url, named).await?;
            let no_connection = |why| EgressError::NoConnection { url: url.to_string(), why };
            let uri: Uri = url[..Position::AfterPort].parse().map_err(|error: http::uri::InvalidUri| {
                EgressError::NotAnAddress { url: url.to_string(), why: error.to_string() }
            })?;
            let tcp = service_fn(move |_: Uri| {
                let addresses = addresses.clone();
                async move { eyes::connect(&addresses).await.map(TokioIo::new) }
            });
            let stream = HttpsConnector::from((tcp, self.tls.clone())).call(uri).await;
            let stream = stream.map_err(|error| no_connection(body::said(&*error)))?;
            let (sender, connection) =
                handshake(stream).await.map_err(|error| no_connection(body::said(&error)))?;
            let task = tokio::spawn(async move { drop(connection.await) });
            Ok(Sender(sender, task.abort_handle()))
        };
        self.limit(url, "connecting", self.settings.connect_timeout, connecting).await
    }

    /// Every address of the host, each of which may be reached. One that may not be spoils the others: a name that
    /// leads inside and outside is up to something.
    async fn addresses(&self, url: &Url, named: bool) -> Result<Vec<SocketAddr>, EgressError> {
        let port = url.port_or_known_default().unwrap_or(80);
        let unresolved = |why: String| EgressError::Unresolved { url: url.to_string(), why };
        let (host, addresses) = match url.host() {
            Some(url::Host::Ipv4(address)) => {
                (address.to_string(), vec![SocketAddr::new(address.into(), port)])
            }
            Some(url::Host::Ipv6(address)) => {
                (address.to_string(), vec![SocketAddr::new(address.into(), port)])
            }
            Some(url::Host::Domain(name)) => {
                let found = (self.resolve)(name.into(), port).await;
                (name.into(), found.map_err(|error| unresolved(error.to_string()))?)
            }
            None => return Err(unresolved("there is none".into())),
        };
        if addresses.is_empty() {
            return Err(unresolved("no address is known for it".into()));
        }
        for address in &addresses {
            let permitted = named && self.settings.allow.iter().any(|permit| permit.covers(&host, *address));
            if let Some(kind) = inside(address.ip()).filter(|_| !permitted) {
                return Err(EgressError::Inside { url: url.to_string(), address: address.ip(), kind });
            }
        }
        Ok(addresses)
    }
}

/// A connection's sending end, and the task behind it, which ends with it.
struct Sender(SendRequest<Full<Bytes>>, tokio::task::AbortHandle);

impl Drop for Sender {
    fn drop(&mut self) {
        self.1.abort();
    }
}

/// An address that may be asked for as it is written; where it leads is another question.
fn checked(text: &str) -> Result<Url, EgressError> {
    let shown: String = text.chars().take(200).flat_map(char::escape_default).collect();
    let not_an_address = |why: String| EgressError::NotAnAddress { url: shown.clone(), why };
    if text.len() > URL_BYTES_MAX {
        return Err(not_an_address(format!("it has more than {URL_BYTES_MAX} bytes")));
    }
    let mut url = Url::parse(text).map_err(|error| not_an_address(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(EgressError::Scheme { url: shown, scheme: url.scheme().into() });
    }
    if !url.username().is_empty() || url.password().is_some() {
        // Not repeated in a message: they are not for a log.
        let _ = (url.set_username(""), url.set_password(None));
        return Err(EgressError::Credentials { url: url.to_string() });
    }
    url.set_fragment(None);
    Ok(url)
}
