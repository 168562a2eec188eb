//! Every path that Annals serves, read and written by the same table.
//!
//! Pure. It must never know whether what a path names exists, nor how it is shown.

mod desk;

use std::fmt;
use std::sync::LazyLock;

use matchit::{Params, Router};

use crate::bulletin::{BulletinId, Content, Selection};
use crate::digest::Digest;

/// A place on the site. `Display` writes its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    Home,
    /// Where bulletins are admitted.
    Bulletins,
    /// The permalink; without its slug, or with another, only a way to it. What is posted to
    /// [`RESTORE`] in the slug's place restores: a bulletin may well be entitled "Restore".
    Bulletin(BulletinId, Option<String>),
    /// The permalink's content for programs: `json`, `atom` or `txt`.
    BulletinAs(BulletinId, String),
    History(BulletinId),
    /// Versions count from 1.
    Version(BulletinId, u32),
    Difference(BulletinId, u32, u32),
    TimeGate(BulletinId),
    TimeMap(BulletinId),
    /// The same as JSON.
    TimeMapJson(BulletinId),
    Content(Digest),
    Original(Digest),
    /// RFC 6920 section 4.
    NamedInformation(Digest),
    /// What the journal holds of the event with this number: for whoever mends a copy of it.
    Records(u64),
    Feeds,
    /// What this archive promises, how to cite it and how to check it.
    About,
    Opml,
    Feed(Selection, Document, String),
    /// The page of a selection; that of all bulletins is [`Route::Home`].
    Page(Selection),
    /// The page that is asked with `?q=`.
    Search,
    /// The same as a feed in a format.
    SearchFeed(String),
    /// How programs ask: OpenSearch 1.1.
    OpenSearch,
    Robots,
    /// The index of the sitemaps.
    Sitemap,
    /// One of them, numbered from 1.
    SitemapPart(u32),
    /// Named by its bytes, so that it can be cached for ever.
    Stylesheet(Digest),
    Health,
    Ready,
    Metrics,
    /// The editor's desk.
    Desk(Desk),
}

/// What stands in the slug's place where a withdrawn bulletin is posted back.
pub const RESTORE: &str = "restore";

/// Which document of a feed (RFC 5005).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Document {
    Subscription,
    /// Sealed, numbered from 1 in ascending order of age.
    Archive(u64),
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Here(Route),
    /// A path of habit: the place is elsewhere for good.
    Moved(Route),
}

pub use desk::Desk;

type Read = fn(&Params) -> Option<Route>;

/// Patterns that are places of their own.
const PLACES: &[(&str, Read)] = &[
    ("/", |_| Some(Route::Home)),
    ("/bulletins", |_| Some(Route::Bulletins)),
    ("/bulletins/{id}", |p| match p.get("id")?.split_once('.') {
        Some((id, format)) => Some(Route::BulletinAs(id.parse().ok()?, format.into())),
        None => Some(Route::Bulletin(id(p)?, None)),
    }),
    ("/bulletins/{id}/{slug}", |p| Some(Route::Bulletin(id(p)?, Some(p.get("slug")?.into())))),
    ("/history/{id}", |p| Some(Route::History(id(p)?))),
    ("/history/{id}/{n}", |p| match p.get("n")?.split_once("..") {
        Some((a, b)) => Some(Route::Difference(id(p)?, count(a)?, count(b)?)),
        None => Some(Route::Version(id(p)?, count(p.get("n")?)?)),
    }),
    ("/timegate/{id}", |p| Some(Route::TimeGate(id(p)?))),
    ("/timemap/{id}", |p| match p.get("id")?.strip_suffix(".json") {
        Some(id) => Some(Route::TimeMapJson(id.parse().ok()?)),
        None => Some(Route::TimeMap(id(p)?)),
    }),
    ("/content/sha256/{hex}", |p| Some(Route::Content(hex(p)?))),
    ("/original/sha256/{hex}", |p| Some(Route::Original(hex(p)?))),
    ("/.well-known/ni/sha-256/{b64}", |p| {
        Some(Route::NamedInformation(Digest::from_base64url(p.get("b64")?).ok()?))
    }),
    ("/about", |_| Some(Route::About)),
    ("/journal/{n}", |p| Some(Route::Records(count(p.get("n")?)?))),
    ("/feeds", |_| Some(Route::Feeds)),
    ("/feeds.opml", |_| Some(Route::Opml)),
    ("/feeds/{all}", |p| subscription(p, "all", |name| (name == "all").then_some(Selection::All))),
    ("/feeds/all/archive/{n}", |p| archive(p, Selection::All)),
    ("/feeds/category/{c}", |p| subscription(p, "c", |c| Some(Selection::Category(term(c)?)))),
    ("/feeds/category/{c}/archive/{n}", |p| archive(p, Selection::Category(term(p.get("c")?)?))),
    ("/feeds/year/{y}", |p| subscription(p, "y", |y| Some(Selection::Year(year(y)?)))),
    ("/feeds/year/{y}/archive/{n}", |p| archive(p, Selection::Year(year(p.get("y")?)?))),
    ("/feeds/category/{c}/year/{y}", |p| {
        subscription(p, "y", |y| Some(Selection::CategoryYear(term(p.get("c")?)?, year(y)?)))
    }),
    ("/feeds/category/{c}/year/{y}/archive/{n}", |p| {
        archive(p, Selection::CategoryYear(term(p.get("c")?)?, year(p.get("y")?)?))
    }),
    ("/category/{c}", |p| Some(Route::Page(Selection::Category(term(p.get("c")?)?)))),
    ("/year/{y}", |p| Some(Route::Page(Selection::Year(year(p.get("y")?)?)))),
    ("/category/{c}/year/{y}", |p| {
        Some(Route::Page(Selection::CategoryYear(term(p.get("c")?)?, year(p.get("y")?)?)))
    }),
    ("/search", |_| Some(Route::Search)),
    ("/{name}", |p| Some(Route::SearchFeed(p.get("name")?.strip_prefix("search.")?.into()))),
    ("/opensearch.xml", |_| Some(Route::OpenSearch)),
    ("/robots.txt", |_| Some(Route::Robots)),
    ("/sitemap.xml", |_| Some(Route::Sitemap)),
    ("/sitemap/{n}", |p| Some(Route::SitemapPart(count(p.get("n")?.strip_suffix(".xml")?)?))),
    ("/assets/{file}", |p| Some(Route::Stylesheet(one_spelling(p.get("file")?.strip_suffix(".css")?)?))),
    ("/healthz", |_| Some(Route::Health)),
    ("/readyz", |_| Some(Route::Ready)),
    ("/metrics", |_| Some(Route::Metrics)),
];

/// Patterns that readers and habits have from other feed servers, with the format that they mean there.
const HABITS: &[(&str, Read)] = &[
    ("/feed", |_| habit(Selection::All, "rss")),
    ("/rss", |_| habit(Selection::All, "rss")),
    ("/rss.xml", |_| habit(Selection::All, "rss")),
    ("/index.xml", |_| habit(Selection::All, "rss")),
    ("/feed.xml", |_| habit(Selection::All, "rss")),
    ("/atom.xml", |_| habit(Selection::All, "atom")),
    ("/feed/atom", |_| habit(Selection::All, "atom")),
    ("/feed.json", |_| habit(Selection::All, "json")),
    ("/category/{c}/feed", |p| habit(Selection::Category(term(p.get("c")?)?), "rss")),
    ("/category/{c}/{y}/feed", |p| {
        habit(Selection::CategoryYear(term(p.get("c")?)?, year(p.get("y")?)?), "rss")
    }),
    ("/{name}/feed", |p| habit(Selection::Year(year(p.get("name")?)?), "rss")),
];

type Entry = (bool, Read);

static ROUTER: LazyLock<Router<Entry>> = LazyLock::new(|| {
    let mut router = Router::new();
    let places = PLACES.iter().chain(&desk::PLACES).map(|(pattern, read)| (*pattern, (false, *read)));
    let habits = HABITS.iter().map(|(pattern, read)| (*pattern, (true, *read)));
    for (pattern, entry) in places.chain(habits) {
        router.insert(pattern, entry).expect("the patterns are constant and a test inserts them all");
    }
    router
});

impl Route {
    /// What `path` (without its query) leads to. A last slash is forgiven, by moving.
    pub fn find(path: &str) -> Option<Found> {
        let bare = path.strip_suffix('/').filter(|bare| !bare.is_empty());
        let found = ROUTER.at(bare.unwrap_or(path)).ok()?;
        let (habit, read) = found.value;
        let route = read(&found.params)?;
        Some(if *habit || bare.is_some() { Found::Moved(route) } else { Found::Here(route) })
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Route::Home => f.write_str("/"),
            Route::Bulletins => f.write_str("/bulletins"),
            Route::Bulletin(id, None) => write!(f, "/bulletins/{id}"),
            Route::Bulletin(id, Some(slug)) => write!(f, "/bulletins/{id}/{slug}"),
            Route::BulletinAs(id, format) => write!(f, "/bulletins/{id}.{format}"),
            Route::History(id) => write!(f, "/history/{id}"),
            Route::Version(id, n) => write!(f, "/history/{id}/{n}"),
            Route::Difference(id, a, b) => write!(f, "/history/{id}/{a}..{b}"),
            Route::TimeGate(id) => write!(f, "/timegate/{id}"),
            Route::TimeMap(id) => write!(f, "/timemap/{id}"),
            Route::TimeMapJson(id) => write!(f, "/timemap/{id}.json"),
            Route::Content(digest) => write!(f, "/content/sha256/{}", digest.hex()),
            Route::Original(digest) => write!(f, "/original/sha256/{}", digest.hex()),
            Route::NamedInformation(digest) => write!(f, "/.well-known/ni/sha-256/{}", digest.base64url()),
            Route::About => f.write_str("/about"),
            Route::Records(seq) => write!(f, "/journal/{seq}"),
            Route::Feeds => f.write_str("/feeds"),
            Route::Opml => f.write_str("/feeds.opml"),
            Route::Feed(selection, Document::Subscription, format) => {
                write!(f, "/feeds/{selection}.{format}")
            }
            Route::Feed(selection, Document::Archive(n), format) => {
                write!(f, "/feeds/{selection}/archive/{n}.{format}")
            }
            Route::Page(Selection::All) => f.write_str("/"),
            Route::Page(selection) => write!(f, "/{selection}"),
            Route::Search => f.write_str("/search"),
            Route::SearchFeed(format) => write!(f, "/search.{format}"),
            Route::OpenSearch => f.write_str("/opensearch.xml"),
            Route::Robots => f.write_str("/robots.txt"),
            Route::Sitemap => f.write_str("/sitemap.xml"),
            Route::SitemapPart(n) => write!(f, "/sitemap/{n}.xml"),
            Route::Stylesheet(digest) => write!(f, "/assets/{}.css", digest.hex()),
            Route::Health => f.write_str("/healthz"),
            Route::Ready => f.write_str("/readyz"),
            Route::Metrics => f.write_str("/metrics"),
            Route::Desk(desk) => desk.fmt(f),
        }
    }
}

/// How the sanitiser spells that a picture came with the bulletin.
const ATTACHMENT_SRC: &str = "src=\"ni:///sha-256;";

/// Makes absolute addresses, always from the configured base and never from a request.
#[derive(Clone, Debug)]
pub struct Permalinks {
    base_url: String,
}

impl Permalinks {
    /// `base_url` is absolute and has no last slash, as the configuration checks.
    pub fn new(base_url: &str) -> Permalinks {
        Permalinks { base_url: base_url.trim_end_matches('/').into() }
    }

    pub fn url(&self, route: &Route) -> String {
        format!("{}{route}", self.base_url)
    }

    /// Scheme, host and port of every address, as browsers write an origin (RFC 6454 section 6.2).
    pub fn origin(&self) -> &str {
        let place = self.base_url.find("://").map_or(0, |at| at + 3);
        let end = self.base_url[place..].find('/').map_or(self.base_url.len(), |end| place + end);
        &self.base_url[..end]
    }

    /// As [`Permalinks::url`], with a query.
    pub fn url_with(&self, route: &Route, query: &[(&str, &str)]) -> String {
        let place = self.url(route) + "?";
        let start = place.len();
        url::form_urlencoded::Serializer::for_suffix(place, start).extend_pairs(query).finish()
    }

    /// The path of a place, for links within the site: they hold on whatever host a page is reached, and
    /// below whatever path the site is put.
    pub fn path(&self, route: &Route) -> String {
        let (_, place) = self.base_url.split_once("://").unwrap_or_default();
        format!("{}{route}", place.find('/').map_or("", |start| &place[start..]))
    }

    /// The place that an address of this site names, written out or as a path.
    pub fn place(&self, address: &str) -> Option<Route> {
        let path = address.strip_prefix(&*self.base_url).unwrap_or(address);
        let path = path.split(['?', '#']).next().unwrap_or_default();
        match Route::find(path)? {
            Found::Here(route) | Found::Moved(route) => Some(route),
        }
    }

    /// Puts addresses of this archive in the place of the names by which content calls the files that came with
    /// it (`ni:///sha-256;…`, RFC 6920): content says the same on any host, and readers need a place.
    pub fn show(&self, content: &mut Content) {
        if content.body.contains(ATTACHMENT_SRC) {
            content.body = self.show_in(&content.body);
        }
        for enclosure in &mut content.enclosures {
            if let Ok(digest) = Digest::from_ni(&enclosure.url) {
                enclosure.url = self.url(&Route::Original(digest));
            }
        }
    }

    fn show_in(&self, body: &str) -> String {
        let mut shown = String::with_capacity(body.len() + 256);
        let mut rest = body;
        while let Some((before, from)) = rest.split_once(ATTACHMENT_SRC) {
            shown.push_str(before);
            let (name, behind) = from.split_once('"').unwrap_or((from, ""));
            match Digest::from_base64url(name) {
                Ok(digest) => shown.push_str(&format!("src=\"{}\"", self.url(&Route::Original(digest)))),
                Err(_) => shown.push_str(&format!("{ATTACHMENT_SRC}{name}\"")),
            }
            rest = behind;
        }
        shown.push_str(rest);
        shown
    }

    /// The address under which categories are one scheme (RFC 4287 section 4.2.2.2).
    pub fn category_scheme(&self) -> String {
        format!("{}/category/", self.base_url)
    }
}

fn id(params: &Params) -> Option<BulletinId> {
    params.get("id")?.parse().ok()
}

fn hex(params: &Params) -> Option<Digest> {
    one_spelling(params.get("hex")?)
}

fn one_spelling(text: &str) -> Option<Digest> {
    // One spelling a digest: a cache should not hold the same bytes twice.
    Digest::from_hex(text).ok().filter(|digest| digest.hex() == text)
}

/// A number from 1, written without leading zeros.
fn count<N: std::str::FromStr + ToString>(text: &str) -> Option<N> {
    text.parse().ok().filter(|n: &N| n.to_string() == text && text != "0")
}

fn year(text: &str) -> Option<i16> {
    let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|year| *year > 0)
}

/// A category's term: what [`crate::bulletin::slug`] makes.
fn term(text: &str) -> Option<String> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (!text.is_empty() && text.bytes().all(plain)).then(|| text.into())
}

fn subscription(params: &Params, name: &str, select: impl Fn(&str) -> Option<Selection>) -> Option<Route> {
    let (selected, format) = params.get(name)?.rsplit_once('.')?;
    Some(Route::Feed(select(selected)?, Document::Subscription, format.into()))
}

fn archive(params: &Params, selection: Selection) -> Option<Route> {
    let (n, format) = params.get("n")?.rsplit_once('.')?;
    Some(Route::Feed(selection, Document::Archive(count(n)?), format.into()))
}

fn habit(selection: Selection, format: &str) -> Option<Route> {
    Some(Route::Feed(selection, Document::Subscription, format.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn selection() -> impl Strategy<Value = Selection> {
        let term = "[a-z0-9]{1,8}(-[a-z0-9]{1,5})?";
        prop_oneof![
            Just(Selection::All),
            term.prop_map(Selection::Category),
            (1..=9999i16).prop_map(Selection::Year),
            (term, 1..=9999i16).prop_map(|(term, year)| Selection::CategoryYear(term, year)),
        ]
    }

    fn route() -> impl Strategy<Value = Route> {
        let id = any::<[u8; 8]>().prop_map(|bytes| BulletinId::from_digest(&Digest::of(&bytes)));
        let digest = any::<[u8; 8]>().prop_map(|bytes| Digest::of(&bytes));
        let document = prop_oneof![Just(Document::Subscription), (1..u64::MAX).prop_map(Document::Archive)];
        let fixed = prop::sample::select(vec![
            Route::Home,
            Route::Bulletins,
            Route::Feeds,
            Route::About,
            Route::Opml,
            Route::Search,
            Route::OpenSearch,
            Route::Robots,
            Route::Sitemap,
            Route::Health,
            Route::Ready,
            Route::Metrics,
            Route::Desk(Desk::Home),
            Route::Desk(Desk::SignIn),
            Route::Desk(Desk::SignOut),
            Route::Desk(Desk::Drafts),
            Route::Desk(Desk::Draft("0a".into())),
            Route::Desk(Desk::Sources),
        ]);
        prop_oneof![
            fixed,
            (id.clone(), proptest::option::of("[a-z]{1,5}x(-[a-z]{1,5})?"))
                .prop_map(|(id, slug)| Route::Bulletin(id, slug)),
            (id.clone(), "json|atom|txt").prop_map(|(id, format)| Route::BulletinAs(id, format)),
            id.clone().prop_map(Route::History),
            (id.clone(), 1..u32::MAX).prop_map(|(id, n)| Route::Version(id, n)),
            (id.clone(), 1..u32::MAX, 1..u32::MAX).prop_map(|(id, a, b)| Route::Difference(id, a, b)),
            id.clone().prop_map(|id| Route::Desk(Desk::Bulletin(id))),
            id.clone().prop_map(|id| Route::Desk(Desk::Withdraw(id))),
            id.clone().prop_map(|id| Route::Desk(Desk::Restore(id))),
            id.clone().prop_map(Route::TimeGate),
            id.clone().prop_map(Route::TimeMap),
            id.prop_map(Route::TimeMapJson),
            digest.clone().prop_map(Route::Content),
            digest.clone().prop_map(Route::Original),
            digest.clone().prop_map(Route::NamedInformation),
            digest.prop_map(Route::Stylesheet),
            (1..u32::MAX).prop_map(Route::SitemapPart),
            (1..u64::MAX).prop_map(Route::Records),
            "rss|atom|json".prop_map(Route::SearchFeed),
            (selection(), document, "rss|atom|json").prop_map(|(s, d, f)| Route::Feed(s, d, f)),
            selection().prop_filter("all is home", |s| *s != Selection::All).prop_map(Route::Page),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(route in route()) {
            prop_assert_eq!(Route::find(&route.to_string()), Some(Found::Here(route)));
        }

        #[test]
        fn a_path_that_is_found_is_written_the_same(path in "(/[a-z0-9.-]{0,12}){1,6}") {
            if let Some(Found::Here(route)) = Route::find(&path) {
                prop_assert_eq!(route.to_string(), path);
            }
        }
    }

    #[test]
    fn habits_lead_to_the_feeds_that_they_mean_with_and_without_the_last_slash() {
        for (habit, place) in [
            ("/feed", "/feeds/all.rss"),
            ("/rss", "/feeds/all.rss"),
            ("/rss.xml", "/feeds/all.rss"),
            ("/index.xml", "/feeds/all.rss"),
            ("/feed.xml", "/feeds/all.rss"),
            ("/atom.xml", "/feeds/all.atom"),
            ("/feed/atom", "/feeds/all.atom"),
            ("/feed.json", "/feeds/all.json"),
            ("/category/press-release/feed", "/feeds/category/press-release.rss"),
            ("/2018/feed", "/feeds/year/2018.rss"),
            ("/category/press-release/2018/feed", "/feeds/category/press-release/year/2018.rss"),
        ] {
            for path in [habit.to_string(), format!("{habit}/")] {
                let Some(Found::Moved(route)) = Route::find(&path) else { panic!("{path} does not move") };
                assert_eq!(route.to_string(), place, "{path}");
            }
        }
    }

    #[test]
    fn links_within_the_site_keep_the_path_that_the_site_is_under() {
        for (base, path) in [("https://a.example", "/feeds"), ("https://a.example/news/", "/news/feeds")] {
            assert_eq!(Permalinks::new(base).path(&Route::Feeds), path);
        }
    }

    #[test]
    fn what_is_no_place_is_not_found() {
        for path in [
            "",
            "/nowhere",
            "/bulletins/short",
            "/feeds/none.rss",
            "/feeds/all",
            "/feeds/all/archive/0.rss",
            "/feeds/all/archive/01.rss",
            "/year/18",
            "/year/0000",
            "/content/sha256/abc",
            "/category/Über",
        ] {
            assert_eq!(Route::find(path), None, "{path}");
        }
    }
}
