//! Egress against a server on loopback, a canary that nothing may reach, and names that lie.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use battery::row;
use battery::spellings::{OTHERS, TARGETS, spellings};

#[path = "../../tests/battery/mod.rs"]
mod battery;

const SECOND: Duration = Duration::from_secs(1);

fn settings(allow: &[&str]) -> Settings {
    Settings {
        allow: allow.iter().map(|text| text.parse().unwrap()).collect(),
        connect_timeout: 20 * SECOND,
        header_timeout: 20 * SECOND,
        timeout: 40 * SECOND,
        pause: Duration::ZERO,
        bytes_max: 100_000,
        agent: "Annals/0 (+http://localhost/)".into(),
    }
}

/// A server on loopback that counts who came, and answers each path with bytes.
struct Listening {
    address: SocketAddr,
    came: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Listening {
    async fn new(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Listening {
        Listening::at("127.0.0.1:0", answer).await
    }

    async fn at(at: &str, answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Listening {
        let listener = TcpListener::bind(at).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (came, heads) = (Arc::<AtomicUsize>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (counted, kept, answer) = (came.clone(), heads.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let (kept, answer) = (kept.clone(), answer.clone());
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = stream.read_u8().await else { return };
                        head.push(byte);
                    }
                    let head = String::from_utf8(head).unwrap();
                    let path = head.split(' ').nth(1).unwrap().to_string();
                    kept.lock().unwrap().push(head);
                    let _ = stream.write_all(&answer(&path)).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Listening { address, came, heads }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}

fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

fn redirect(status: u16, to: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn no_spelling_of_an_inside_address_makes_a_connection() {
    let canary = Listening::new(|_| ok("", b"caught")).await;
    let port = canary.address.port();
    let [v6] = [Listening::at(&format!("[::1]:{port}"), |_| ok("", b"caught")).await];
    let egress = Egress::resolving(settings(&[]), Arc::new(|host, _| panic!("{host} is no name")));
    let hosts: Vec<String> =
        TARGETS.into_iter().flat_map(spellings).chain(OTHERS.map(String::from)).collect();
    assert!(hosts.len() > 350, "only {}", hosts.len());
    for host in &hosts {
        for url in [format!("http://{host}:{port}/"), format!("HTTPS:\\\\{host}:{port}/x?y#z")] {
            let error = egress.fetch(&Ask::get(&url)).await.unwrap_err();
            assert!(error.is_refusal(), "{url}: {error}");
        }
    }
    for url in [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "data:,x",
        "//127.0.0.1/",
        "unix:/x",
    ] {
        assert!(egress.fetch(&Ask::get(url)).await.unwrap_err().is_refusal(), "{url}");
    }
    assert_eq!((canary.came(), v6.came()), (0, 0));
    row(
        "an inside address, as egress is asked for it",
        hosts.len() * 2 + 6,
        "refused by name, no connection at the canary",
    );
}

#[tokio::test]
async fn no_name_and_no_redirect_leads_inside() {
    let canary = Listening::new(|_| ok("", b"caught")).await;
    let port = canary.address.port();
    let inside: Vec<String> = TARGETS.into_iter().flat_map(spellings).collect();
    let targets = inside.clone();
    // The public site is on loopback as well, and permitted by its name and port.
    let site = Listening::new(move |path| {
        let host = &targets[path.trim_start_matches('/').parse::<usize>().unwrap()];
        redirect([301, 302, 303, 307, 308][path.len() % 5], &format!("http://{host}:{port}/"))
    })
    .await;
    let allow = format!("news.example.org:{}", site.address.port());
    let leads = |host: String, port: u16| -> Pin<Box<dyn Future<Output = _> + Send>> {
        let addresses: &[&str] = match host.as_str() {
            "news.example.org" => &["127.0.0.1"],
            "both.example.org" => &["1.1.1.1", "127.0.0.1"],
            "mapped.example.org" => &["::ffff:127.0.0.1"],
            "nat.example.org" => &["64:ff9b::7f00:1"],
            "six.example.org" => &["::1"],
            "meta.example.org" => &["169.254.169.254"],
            _ => &["127.0.0.1"],
        };
        let addresses = addresses.iter().map(|text| SocketAddr::new(text.parse().unwrap(), port)).collect();
        Box::pin(async move { Ok(addresses) })
    };
    let egress = Egress::resolving(settings(&[&allow]), Arc::new(leads));
    for host in ["both", "mapped", "nat", "six", "meta", "other", "NEWS", "localhost."]
        .map(|name| format!("{name}.example.org"))
    {
        let error = egress.fetch(&Ask::get(&format!("http://{host}:{port}/"))).await.unwrap_err();
        assert!(matches!(error, EgressError::Inside { .. }), "{host}: {error}");
    }
    for (n, host) in inside.iter().enumerate() {
        let url = format!("http://news.example.org:{}/{n}", site.address.port());
        let error = egress.fetch(&Ask::get(&url)).await.unwrap_err();
        // What the redirect names is no address at all where its host cannot be read.
        assert!(error.is_refusal() || matches!(error, EgressError::NoLocation { .. }), "{host}: {error}");
    }
    assert_eq!((site.came(), canary.came()), (inside.len(), 0));
    row(
        "an inside address behind a name or a redirect",
        inside.len() + 8,
        "refused by name, no connection at the canary",
    );
}

#[tokio::test]
async fn what_is_allowed_is_open_only_to_those_who_were_named() {
    let other = Listening::at("127.0.0.2:0", |_| ok("", b"caught")).await;
    let lure = format!("http://{}/", other.address);
    let to = lure.clone();
    let site = Listening::new(move |path| match path {
        "/out" => redirect(302, &to),
        _ => ok("", b"here"),
    })
    .await;
    let egress = Egress::new(settings(&["127.0.0.1", "127.0.0.2"]));
    for ask in [Ask::get(&site.url("/out")), Ask::found(&lure, &site.url("/")), Ask::found(&lure, "")] {
        let error = egress.fetch(&ask).await.unwrap_err();
        assert!(matches!(error, EgressError::Inside { .. }), "{error}");
    }
    assert_eq!(other.came(), 0);
    assert_eq!(egress.fetch(&Ask::found(&site.url("/a"), &site.url("/"))).await.unwrap().body, "here");
    assert_eq!(egress.fetch(&Ask::get(&lure)).await.unwrap().body, "caught");
}

#[tokio::test]
async fn a_name_that_changes_between_check_and_connection_gains_nothing() {
    let canary = Listening::new(|_| ok("", b"caught")).await;
    let port = canary.address.port();
    let site = Listening::at(&format!("127.0.0.2:{port}"), |_| ok("", b"the tide")).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    // The first answer may be reached, every later one is the canary.
    let rebinding = move |_, port| -> Pin<Box<dyn Future<Output = _> + Send>> {
        let last = if count.fetch_add(1, Ordering::SeqCst) == 0 { 2 } else { 1 };
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)), port);
        Box::pin(async move { Ok(vec![address]) })
    };
    let egress = Egress::resolving(settings(&["127.0.0.2"]), Arc::new(rebinding));
    let ask = Ask::get(&format!("http://rebind.example.org:{port}/"));
    assert_eq!(egress.fetch(&ask).await.unwrap().body, "the tide");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "resolved once, for check and connection");
    let error = egress.fetch(&ask).await.unwrap_err();
    assert!(matches!(error, EgressError::Inside { .. }), "{error}");
    assert_eq!((site.came(), canary.came()), (1, 0));
    row(
        "a name that leads elsewhere between check and connection",
        2,
        "resolved once for both; no connection at the canary",
    );
}

#[tokio::test]
async fn redirects_are_followed_and_permanent_ones_reported() {
    let site = Listening::new(|path| match path {
        "/old" => redirect(301, "/newer"),
        "/newer" => redirect(308, "/new#part"),
        "/mixed" => redirect(301, "/for-now"),
        "/for-now" => redirect(302, "/old"),
        "/round" => redirect(307, "/round"),
        "/lost" => redirect(302, "http://[/"),
        "/bare" => b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n".to_vec(),
        "/gone" => b"HTTP/1.1 410 Gone\r\ncontent-length: 4\r\n\r\nover".to_vec(),
        _ => ok("", b"here"),
    })
    .await;
    let egress = Egress::new(settings(&["127.0.0.1"]));
    for (path, at, moved) in [
        ("/new", "/new", None),
        ("/old", "/new", Some("/new")),
        ("/mixed", "/new", Some("/for-now")),
        ("/for-now", "/new", None),
    ] {
        let fetched = egress.fetch(&Ask::get(&site.url(path))).await.unwrap();
        assert_eq!((fetched.url.path(), fetched.moved.as_ref().map(Url::path)), (at, moved), "{path}");
        assert_eq!(fetched.body, "here");
    }
    let gone = egress.fetch(&Ask::get(&site.url("/gone"))).await.unwrap();
    assert_eq!((gone.status, gone.body.len()), (StatusCode::GONE, 0));
    for (path, said) in [("/round", "more than 5 times"), ("/lost", "Location"), ("/bare", "Location")] {
        let error = egress.fetch(&Ask::get(&site.url(path))).await.unwrap_err().to_string();
        assert!(error.contains(said) && error.contains(path), "{error}");
    }
    let head = site.heads.lock().unwrap()[0].clone();
    for line in [
        "GET /new HTTP/1.1\r\n",
        &format!("host: {}\r\n", site.address),
        "user-agent: Annals/0 (+http://localhost/)\r\n",
        "accept-encoding: gzip, br, zstd\r\n",
    ] {
        assert!(head.contains(line), "{head}");
    }
}

#[tokio::test]
async fn bodies_are_decoded_within_bounds_and_what_is_cut_short_is_named() {
    let text = b"There is fog on the pier. ".repeat(200);
    let plain = text.clone();
    let site = Listening::new(move |path| {
        let zipped = gzip(&plain);
        match path {
            "/gzip" => ok("content-encoding: gzip\r\n", &zipped),
            "/two" => ok("content-encoding: gzip\r\n", &[&zipped[..], &zipped].concat()),
            "/twice" => ok("content-encoding: gzip, x-gzip\r\n", &gzip(&zipped)),
            "/cut" => ok("content-encoding: gzip\r\n", &zipped[..zipped.len() / 2]),
            "/trailer" => ok("content-encoding: gzip\r\n", &zipped[..zipped.len() - 4]),
            "/false" => ok("content-encoding: br\r\n", &plain),
            "/other" => ok("content-encoding: lzma\r\n", &plain),
            "/deep" => ok("content-encoding: gzip, gzip, gzip\r\n", &plain),
            "/bomb" => ok("content-encoding: gzip\r\n", &gzip(&vec![0; 50 << 20])),
            "/large" => ok("", &vec![b'a'; 100_001]),
            "/endless" => [b"HTTP/1.1 200 OK\r\n\r\n".as_slice(), &vec![b'a'; 300_000]].concat(),
            "/short" => b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this".to_vec(),
            "/noise" => b"no HTTP at all\r\n\r\n".to_vec(),
            _ => unreachable!(),
        }
    })
    .await;
    let egress = Egress::new(settings(&["127.0.0.1"]));
    for (path, times) in [("/gzip", 1), ("/two", 2), ("/twice", 1)] {
        let fetched = egress.fetch(&Ask::get(&site.url(path))).await.unwrap();
        assert_eq!(fetched.body, text.repeat(times), "{path}");
    }
    for (path, said) in [
        ("/cut", "said to be gzip"),
        ("/trailer", "said to be gzip"),
        ("/false", "said to be br"),
        ("/other", "`lzma`"),
        ("/deep", "`gzip, gzip, gzip`"),
        ("/bomb", "more than 100000 bytes"),
        ("/large", "more than 100000 bytes"),
        ("/endless", "more than 100000 bytes"),
        ("/short", "cannot be read"),
        ("/noise", "cannot be read"),
    ] {
        let error = egress.fetch(&Ask::get(&site.url(path))).await.unwrap_err().to_string();
        assert!(error.contains(said) && error.contains(path), "{path}: {error}");
    }
}

#[tokio::test]
async fn who_is_slow_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    // Connections are accepted by the system and never answered.
    let impatient = |header, all| {
        let limits = Settings { header_timeout: header, timeout: all, ..settings(&["127.0.0.1"]) };
        Egress::new(limits)
    };
    let error = impatient(SECOND / 20, 40 * SECOND).fetch(&Ask::get(&url)).await.unwrap_err();
    assert!(matches!(error, EgressError::TooSlow { doing: "the answer", .. }), "{error}");
    let error = impatient(40 * SECOND, SECOND / 20).fetch(&Ask::get(&url)).await.unwrap_err();
    assert!(matches!(error, EgressError::TooSlow { doing: "all of it", .. }), "{error}");
    drop(listener);
    let error = impatient(40 * SECOND, 40 * SECOND).fetch(&Ask::get(&url)).await.unwrap_err();
    assert!(matches!(error, EgressError::NoConnection { .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_hangs_holds_up_neither_its_neighbours_nor_its_host_for_long() {
    let hanging = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hangs = hanging.local_addr().unwrap();
    let well = Listening::new(|_| ok("Content-Length: 2\r\n", b"ok")).await;
    let mut settings = settings(&["127.0.0.1"]);
    settings.header_timeout = 600 * SECOND;
    settings.timeout = 600 * SECOND;
    let egress = Arc::new(Egress::new(settings));
    let fetch = |url: String| {
        let egress = egress.clone();
        tokio::spawn(async move { egress.fetch(&Ask::get(&url)).await })
    };
    let waiting = fetch(format!("http://{hangs}/a"));
    let (first, _) = hanging.accept().await.unwrap();
    // Another server of the same host is asked at once, and this one again after a while.
    let answer = fetch(format!("http://{}/", well.address)).await.unwrap().unwrap();
    assert_eq!(&answer.body[..], b"ok");
    let again = fetch(format!("http://{hangs}/b"));
    let (second, _) = timeout(60 * SECOND, hanging.accept()).await.expect("its turn comes").unwrap();
    assert!(!waiting.is_finished() && !again.is_finished());
    drop((first, second));
    assert!(waiting.await.unwrap().is_err() && again.await.unwrap().is_err());
}
