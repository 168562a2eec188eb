//! One message as drafts.
//!
//! Owns what of the header becomes which field, and what goes with the text: pictures, documents, the
//! message's own address. Nothing leaves it that has not been held against the [recipient](Recipient).

use std::ops::Range;

use url::Url;

use super::choice::{self, Choice};
use super::files::{self, File};
use super::flowed;
use super::furniture::{self, Masthead, key};
use super::header::Headers;
use super::layout::{self, Addresses, Block, Image};
use super::links;
use super::mime::Part;
use super::newsletter::{self, Story, Subject};
use super::recipient::{Recipient, is_opaque};
use super::said::{authors, list_id, masthead, published};
use super::subject;
use crate::bulletin::{Link, visible_text};
use crate::intake::boilerplate::Class;
use crate::intake::markup::{Tree, fold};
use crate::intake::sanitize::escape;
use crate::intake::{Arrival, Body, Draft, Refusal, RefusalKind, text};

/// Half of what a page may have: each link and each block of a letter is looked at more closely, and mail programs cut letters
/// off long before.
const NODES_MAX: usize = 30_000;

/// The most files that are named where they are not kept.
const NAMED_MAX: usize = 50;

/// A message, and what has been read of its header.
pub struct Letter<'a> {
    parts: &'a [Part<'a>],
    choice: &'a Choice,
    headers: &'a Headers<'a>,
    recipient: Recipient,
    masthead: Masthead,
    subject: String,
    files: Vec<File>,
}

impl<'a> Letter<'a> {
    /// Whoever received the message that carries it received it as well.
    pub fn read(parts: &'a [Part<'a>], choice: &'a Choice, carried_to: &Recipient) -> Letter<'a> {
        let root = choice::header_of(parts, choice.message);
        let headers = &parts[root].headers;
        let masthead = masthead(headers);
        let subject = headers.text("subject").unwrap_or_default();
        let is_file = |at: &usize| {
            let part = &parts[*at];
            !choice.texts.contains(at) && part.end == at + 1 && !part.is_multipart() && !part.is_message()
        };
        // An alternative that was not chosen says the same again.
        let is_text = |at: &usize| parts[*at].media_type.starts_with("text/") && !parts[*at].is_attachment();
        let own = (root..parts[choice.message].end).filter(is_file).filter(|at| !is_text(at));
        let recipient = if root == 0 { carried_to.clone() } else { carried_to.and(headers) };
        let mut files = files::files(own.map(|at| &parts[at]));
        for file in &mut files {
            file.name = file.name.take().filter(|name| !recipient.is_named_in(name));
        }
        Letter {
            parts,
            choice,
            headers,
            recipient,
            subject: subject::plain(&subject, &masthead),
            masthead,
            files,
        }
    }

    pub fn drafts(&mut self, arrival: &Arrival) -> Result<Vec<Draft>, Refusal> {
        let html = self.choice.texts.iter().any(|&at| is_html(&self.parts[at]));
        let mut drafts = if html { self.read_html() } else { self.read_text(arrival)? };
        drafts.retain(|draft| has_text(&draft.body) || draft.attachments.iter().len() > 0);
        if drafts.is_empty() {
            return Err(Refusal::new(
                RefusalKind::Unprocessable,
                "the message",
                "it holds no text to read: send what its attachments say by itself",
            ));
        }
        drafts.iter_mut().for_each(|draft| self.dress(draft));
        self.enclose(&mut drafts[0]);
        drafts.iter_mut().for_each(|draft| self.scrub(draft));
        Ok(drafts)
    }

    /// What looking for who received it has cost so far, in bytes of addresses and tokens that were spelt.
    pub fn spelt_bytes(&self) -> usize {
        self.recipient.spelt_bytes()
    }

    /// Fields that every bulletin of the message has from its header.
    fn dress(&self, draft: &mut Draft) {
        let headers = self.headers;
        draft.published = published(headers).or(draft.published.take());
        draft.message_id = headers.id("message-id").filter(|id| id.contains('@') || id.len() >= 8);
        draft.source = list_id(headers).map(|(_, id)| id).filter(|id| !self.is_of_reader(id));
        draft.sender = headers.mailboxes("from").into_iter().find_map(|mailbox| mailbox.address);
        let authors = authors(headers);
        if !authors.is_empty() {
            draft.authors = authors;
        }
        // Where the list keeps what it sent: the address of all its messages, and so no name of this one.
        let archive = headers.decoded("list-archive").flat_map(|value| uris(&value)).next();
        let archive = archive.and_then(|uri| links::clean(&uri, &self.recipient));
        draft.links.extend(archive.map(|url| Link { rel: "archives".into(), title: None, url }));
    }

    /// Whether a list's id was made for the recipient. One service names every list by account and number,
    /// which all of its readers share.
    fn is_of_reader(&self, id: &str) -> bool {
        let shared = id.ends_with(".mcsv.net");
        self.recipient.is_told_by(id) || !shared && id.split(['.', '-', '_', '=', '+']).any(is_opaque)
    }

    /// Pictures that the body shows and documents that came along go with the first bulletin of the message:
    /// nothing says to which of several they belong.
    fn enclose(&self, draft: &mut Draft) {
        let html = match &mut draft.body {
            Body::Html(html) | Body::Safe(html) => html,
        };
        let mut named = String::new();
        for file in &self.files {
            let shown = file.attachment.as_ref().and_then(|kept| {
                html.split_once(&format!("src=\"{}\"", kept.name())).map(|(_, rest)| alt(rest))
            });
            match (&file.attachment, &shown) {
                (Some(attachment), _) if shown.is_some() || file.listed => {
                    draft.enclosures.extend(file.enclosure(shown.flatten()));
                    if !draft.attachments.contains(attachment) {
                        draft.attachments.push(attachment.clone());
                    }
                }
                (None, _) if file.listed && named.matches("<li>").count() < NAMED_MAX => {
                    let name = file.name.as_deref().unwrap_or("?");
                    named.push_str("<li>[");
                    escape(&format!("{name}, {}", files::size(file.length)), false, &mut named);
                    named.push_str("]</li>");
                }
                _ => {}
            }
        }
        // What is too large to keep is named, so that a reader knows what to ask the sender for.
        if !named.is_empty() {
            html.push_str(&format!("<ul>{named}</ul>"));
        }
    }

    /// Takes out what tells who received the message, wherever it is left.
    fn scrub(&self, draft: &mut Draft) {
        let recipient = &self.recipient;
        let scrub = |text: &mut String| {
            if recipient.is_told_by(text) {
                *text = recipient.scrub(text);
            }
        };
        let drop = |url: &mut Option<String>| {
            *url = url.take().filter(|url| !recipient.is_told_by(url));
        };
        for text in [&mut draft.title, &mut draft.summary] {
            text.as_mut().map(scrub);
            *text = text.take().map(|text| recipient.unnamed(&text)).filter(|text| !text.trim().is_empty());
        }
        let (Body::Html(html) | Body::Safe(html)) = &mut draft.body;
        scrub(html);
        if let Some(unaddressed) = recipient.unaddressed(html) {
            *html = unaddressed;
        }
        draft.authors.retain(|author| !recipient.is_told_by(&author.name));
        draft.categories.retain(|label| !recipient.is_told_by(label));
        draft.enclosures.iter_mut().filter_map(|enclosure| enclosure.title.as_mut()).for_each(scrub);
        draft.links.retain(|link| !recipient.is_told_by(&link.url));
        draft.also_at.retain(|url| !recipient.is_told_by(url));
        drop(&mut draft.url);
    }

    fn read_html(&mut self) -> Vec<Draft> {
        let html: Vec<String> = self.choice.texts.iter().map(|&at| self.html_of(&self.parts[at])).collect();
        let trees: Vec<Tree> = html.iter().map(|html| Tree::parse_up_to(NODES_MAX, html)).collect();
        let mut views = Vec::new();
        for tree in &trees {
            views.extend(learn(tree, &mut self.recipient));
        }
        if html.iter().any(|html| html.contains('@')) {
            self.learn_quoted(&trees);
        }
        self.withhold();
        let addresses = Clean { recipient: &self.recipient, files: &self.files };
        let (mut blocks, mut preview) = (Vec::new(), None);
        for tree in &trees {
            let (found, hidden) = layout::blocks(tree, &addresses);
            blocks.extend(found);
            preview = preview.or(hidden);
        }
        let generic = subject::is_generic(&self.subject, &self.masthead);
        let subject = Subject { text: &self.subject, generic };
        let stories = newsletter::stories(blocks, &self.masthead, &self.recipient, &subject);
        let own = self.own_address().or_else(|| views.iter().find_map(|view| self.public_view(view)));
        let several = stories.len() > 1;
        let mut drafts: Vec<Draft> = stories.into_iter().map(|story| self.draft(story, several)).collect();
        match (several, own) {
            // Each story comes by way of the message's own address.
            (true, Some(url)) => drafts.iter_mut().for_each(|draft| {
                draft.links.push(Link { rel: "via".into(), title: None, url: url.clone() });
            }),
            (false, own) => {
                drafts[0].url = own;
                drafts[0].summary = self.summary(preview, &drafts[0]);
            }
            _ => {}
        }
        drafts
    }

    /// Learns who passed a message on within its text, before anything of it is judged.
    fn learn_quoted(&mut self, trees: &[Tree]) {
        let addresses = Clean { recipient: &self.recipient, files: &self.files };
        let blocks: Vec<Block> = trees.iter().flat_map(|tree| layout::blocks(tree, &addresses).0).collect();
        let text = |header: Range<usize>| {
            let lines: Vec<&str> = blocks[header].iter().map(|block| block.text.as_str()).collect();
            lines.join("\n")
        };
        let quoted = furniture::quoted_headers(&blocks).into_iter().map(text);
        let quoted: Vec<String> = quoted.filter(|text| furniture::is_dated_header(text)).collect();
        self.learn_from(&quoted);
    }

    /// Keeps to the original the files that tell who received the message; like those that are too large, they are
    /// named. To be called once everything is learnt, and before the text is laid out around its pictures.
    fn withhold(&mut self) {
        for file in &mut self.files {
            file.attachment =
                file.attachment.take().filter(|kept| !self.recipient.is_told_by_file(&kept.bytes));
        }
    }

    fn learn_from(&mut self, quoted: &[impl AsRef<str>]) {
        for (at, text) in quoted.iter().enumerate() {
            self.recipient.learn_quoted(text.as_ref(), at + 1 == quoted.len());
        }
    }

    fn draft(&self, story: Story, several: bool) -> Draft {
        let generic = subject::is_generic(&self.subject, &self.masthead);
        let title = match several {
            true => story.heading.clone().or_else(|| Some(self.subject.clone())),
            false => subject::choose(&self.subject, generic, story.heading.as_deref()),
        };
        let same = |heading: &String| title.as_deref().is_some_and(|title| key(title) == key(heading));
        let html = match story.heading.as_ref().filter(|heading| same(heading)) {
            Some(_) => story.html.replacen(&story.heading_html, "", 1),
            None => story.html,
        };
        // An alias may lead to a page that stands for many stories: it is no name of this one.
        let related = story.leads_to.map(|url| Link { rel: "related".into(), title: None, url });
        Draft {
            links: related.into_iter().collect(),
            language: text::language(&format!("{}\n{}", title.as_deref().unwrap_or_default(), story.text)),
            title: title.filter(|title| !title.is_empty()),
            categories: story.categories,
            body: Body::Html(html),
            ..Draft::default()
        }
    }

    /// What was written to be read before the message, if it is a sentence that the text does not begin with.
    fn summary(&self, preview: Option<String>, draft: &Draft) -> Option<String> {
        let preview = preview.filter(|text| {
            let sentence = text.ends_with(['.', '!', '?', '…', '。', '؟']);
            sentence && text.split_whitespace().count() >= 5 && !self.recipient.is_told_by(text)
        })?;
        let (Body::Html(html) | Body::Safe(html)) = &draft.body;
        let begins = key(&visible_text(html)).starts_with(&key(&preview));
        let furniture = text::furniture(&preview).is_some() || preview.contains("://");
        (!begins && !furniture && draft.title.as_deref().map(key) != Some(key(&preview))).then_some(preview)
    }

    fn read_text(&mut self, arrival: &Arrival) -> Result<Vec<Draft>, Refusal> {
        let mut whole = String::new();
        for &at in &self.choice.texts {
            let part = &self.parts[at];
            whole.push_str(flowed::unsigned(&plain(part)));
            whole.push_str("\n\n");
        }
        let passed_on = flowed::passed_on(&whole);
        let (quoted, kept): (Vec<&str>, Vec<&str>) =
            passed_on.split("\n\n").partition(|part| furniture::is_dated_header(part.trim()));
        // A message that is nothing but such lines is about them.
        let kept = if kept.iter().any(|part| part.contains(char::is_alphanumeric)) {
            kept
        } else {
            vec![&*passed_on]
        };
        self.learn_from(&quoted);
        self.withhold();
        let published = flowed::published(&kept.join("\n\n"), &self.recipient);
        if !published.contains(char::is_alphanumeric) {
            return Ok(Vec::new());
        }
        let arrival = Arrival { path: Some("the message".into()), media_type: None, ..arrival.clone() };
        let reading = (text::FORMAT.parse)(published.as_bytes(), &arrival)?;
        let mut drafts = reading.drafts.into_iter().collect::<Result<Vec<Draft>, Refusal>>()?;
        if let [draft] = drafts.as_mut_slice() {
            self.entitle(draft);
            draft.url = self.own_address();
        }
        Ok(drafts)
    }

    /// The title of a plain message is its subject; what the text was found to be headed with stays in it.
    fn entitle(&self, draft: &mut Draft) {
        let found = draft.title.take().unwrap_or_default();
        let generic = subject::is_generic(&self.subject, &self.masthead);
        draft.title = subject::choose(&self.subject, generic, Some(&found));
        if subject::is_generic(&found, &self.masthead) {
            return;
        }
        let taken = draft.title.as_deref().is_some_and(|title| key(title) == key(&found));
        let (Body::Html(html) | Body::Safe(html)) = &mut draft.body;
        let stays = key(&visible_text(html)).contains(&key(&found));
        if !taken && !stays && !key(&found).is_empty() {
            let name = if text::is_heading(&found, found.split_whitespace().count()) { "h2" } else { "p" };
            let mut heading = format!("<{name}>");
            escape(&found, false, &mut heading);
            html.insert_str(0, &format!("{heading}</{name}>"));
        }
    }

    /// The address that the message gives as its own (RFC 5064).
    fn own_address(&self) -> Option<String> {
        let archived = self.headers.decoded("archived-at").flat_map(|value| uris(&value)).next()?;
        links::clean(&archived, &self.recipient)
    }

    /// The address of the web version, if it is one for all: whatever in it could name a reader speaks
    /// against it, since nobody can tell the number of an issue from that of a subscriber.
    fn public_view(&self, href: &str) -> Option<String> {
        let mut url = Url::parse(&links::clean(href, &self.recipient)?).ok()?;
        let host = url.host_str()?.to_owned();
        // Services whose web versions are known to be the same for all: one names account and issue in the
        // query, and the reader in one more parameter; another has a page an issue.
        if host.ends_with("campaign-archive.com") {
            let kept: Vec<String> = url
                .query_pairs()
                .filter(|(name, _)| matches!(name.as_ref(), "u" | "id"))
                .map(|(name, value)| format!("{name}={}", links::percent_encoded(&value)))
                .collect();
            url.set_query(Some(&kept.join("&")));
            return (kept.len() == 2).then(|| url.into());
        }
        let issue = url.path().contains("/accounts/") && url.path().contains("/bulletins/");
        let rest = if issue { &url[url::Position::AfterPath..] } else { &url[url::Position::BeforePath..] };
        let parts = rest.split(['/', '?', '&', '=', '#', '.']);
        let personal = parts.filter(|part| !part.is_empty()).any(is_opaque);
        let bare = url.path() == "/" && url.query().is_none();
        (!personal && !bare).then(|| url.into())
    }

    fn html_of(&self, part: &Part<'_>) -> String {
        if is_html(part) { part.text() } else { text::paragraphs(&plain(part)) }
    }
}

/// The plain text of a part.
fn plain(part: &Part<'_>) -> String {
    let text = part.text().replace("\r\n", "\n");
    let is =
        |name: &str, value: &str| part.parameter(name).is_some_and(|found| found.eq_ignore_ascii_case(value));
    let text = flowed::unarmoured(&text).unwrap_or(text);
    if is("format", "flowed") { flowed::unflowed(&text, is("delsp", "yes")) } else { text }
}

/// Whether a part is HTML: it says so, or it is a multipart that has fallen into one piece and begins so.
fn is_html(part: &Part<'_>) -> bool {
    let begins = || {
        let text = part.text();
        let head: String = text.chars().take(2_000).collect::<String>().to_ascii_lowercase();
        head.contains("<html") || head.contains("<!doctype html") || head.contains("<table")
    };
    part.media_type == "text/html" || part.is_multipart() && begins()
}

fn has_text(body: &Body) -> bool {
    let (Body::Html(html) | Body::Safe(html)) = body;
    Tree::parse(html).line(0).contains(char::is_alphanumeric)
}

/// Learns what the sender's programs call the recipient; the addresses of the web version.
fn learn(tree: &Tree, recipient: &mut Recipient) -> Vec<String> {
    const LINKS_MAX: usize = 5_000;
    let mut views = Vec::new();
    let mut own: Vec<&str> = Vec::new();
    for (place, id) in tree.elements("a").take(LINKS_MAX).enumerate() {
        let Some(href) = tree.attribute(id, "href").map(str::trim) else { continue };
        let says = |line: &str| line.len() <= 160 && text::furniture(line) == Some(Class::Mailing);
        let says_so = || says(&tree.line(id));
        if links::is_own_business(href) || place >= VIEW_PLACES && says_so() {
            own.push(href);
        } else if href.starts_with("http")
            && place < VIEW_PLACES
            && (says_so() || says(&tree.line(tree.parent(id))))
        {
            views.push(href.to_owned());
        }
    }
    recipient.learn(&own);
    views
}

/// Among how many links from the top the one to the web version is.
const VIEW_PLACES: usize = 3;

/// The text of the `alt` right behind an image's `src`.
fn alt(rest: &str) -> Option<String> {
    let alt = rest.strip_prefix(" alt=\"")?.split('"').next()?;
    let alt = fold(&Tree::parse(alt).line(0));
    (!alt.is_empty()).then_some(alt)
}

/// The addresses between angle brackets, else the value.
fn uris(value: &str) -> Vec<String> {
    let bracketed: Vec<String> =
        value.split('<').skip(1).filter_map(|part| part.split_once('>')).map(|(uri, _)| uri.into()).collect();
    if bracketed.is_empty() { vec![value.trim().into()] } else { bracketed }
}

/// Addresses as they may be published.
struct Clean<'a> {
    recipient: &'a Recipient,
    files: &'a [File],
}

impl Addresses for Clean<'_> {
    fn link(&self, href: &str) -> Option<String> {
        links::clean(href, self.recipient)
    }

    fn image(&self, src: &str) -> Image {
        let file = match src.split_once(':') {
            Some((scheme, id)) if scheme.eq_ignore_ascii_case("cid") => {
                let id = links::percent_decoded(id);
                self.files.iter().find(|file| file.content_id.as_deref() == Some(id.as_str()))
            }
            _ => self.files.iter().find(|file| file.location.as_deref() == Some(src)),
        };
        if let Some(file) = file {
            return match &file.attachment {
                Some(attachment) if file.is_picture => Image::At(attachment.name()),
                _ if !file.is_picture => Image::Dropped,
                _ => Image::Named(file.name.clone().unwrap_or_else(|| "image".into())),
            };
        }
        // Some mail services fetch pictures through a host of their own, with the address behind `#`.
        let src = match src.split_once('#') {
            Some((proxy, inner)) if inner.starts_with("http") && proxy.contains("googleusercontent.com") => {
                inner
            }
            _ => src,
        };
        if links::is_beacon(src) {
            return Image::Dropped;
        }
        links::clean(src, self.recipient).map_or(Image::Dropped, Image::At)
    }

    fn text(&self, text: &str) -> String {
        flowed::with_clean_addresses(text, self.recipient)
    }

    fn caption(&self, text: &str) -> String {
        self.recipient.unnamed(text)
    }
}
