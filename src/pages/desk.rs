//! The editor's desk: forms that need no script.
//!
//! Every form carries a token of its own, which the view gives. What an editor may not do is not offered.

mod bulletin;
mod preview;

use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{Head, page};
use super::messages::{DeskWords, fill, set, text};
use super::{Site, dates};
use crate::bulletin::BulletinId;
use crate::permalink::{Desk, Route};

pub use bulletin::{DeskBulletin, desk_bulletin};
pub use preview::{DeskPart, DeskPreview, Standing, desk_preview};

/// Who is at the desk.
pub struct Signed<'a> {
    pub name: &'a str,
    /// As the configuration names them.
    pub rights: Vec<&'static str>,
    /// Makes the token of the form that is sent to a place.
    pub token: &'a dyn Fn(&Desk) -> String,
}

/// Something that happened to a bulletin.
#[derive(Clone, Debug)]
pub struct DeskEvent {
    pub at: Timestamp,
    pub by: String,
    pub source: Option<String>,
    /// As a receipt names it.
    pub outcome: &'static str,
    /// Why it was withdrawn.
    pub reason: Option<String>,
    pub id: BulletinId,
    pub title: String,
}

/// How a source is doing.
#[derive(Clone, Debug)]
pub struct DeskSource {
    pub name: String,
    pub place: String,
    pub last_success: Option<Timestamp>,
    pub next: Option<Timestamp>,
    /// How often each outcome was.
    pub counts: Vec<(&'static str, u64)>,
    pub failing: bool,
    pub last_error: Option<(Timestamp, String)>,
}

/// Formats that can be chosen, by media type: those whose name says something to an editor.
const FORMATS: [(&str, &str); 7] = [
    ("text/html", "HTML"),
    ("text/plain", "Text"),
    ("text/markdown", "Markdown"),
    ("message/rfc822", "Email"),
    ("application/json", "JSON"),
    ("application/rss+xml", "RSS"),
    ("application/atom+xml", "Atom"),
];

fn words(site: &Site) -> &'static DeskWords {
    DeskWords::of(site.interface.language)
}

fn desk(site: &Site, title: &str, main: &Markup) -> String {
    let head = Head { title, more: html! { meta name="robots" content="noindex"; }, ..Head::default() };
    page(site, &head, &html! { div.desk { (main) } })
}

fn path(site: &Site, place: &Desk) -> String {
    site.path(&Route::Desk(place.clone()))
}

impl Signed<'_> {
    fn may(&self, right: &str) -> bool {
        self.rights.contains(&right)
    }

    /// The hidden field that shows where a form is from.
    fn mark(&self, place: &Desk) -> Markup {
        html! { input type="hidden" name="form" value=((self.token)(place)); }
    }
}

/// An outcome in words.
fn outcome(words: &DeskWords, name: &str) -> &'static str {
    match name {
        "new" => words.outcome_new,
        "revised" => words.outcome_revised,
        "duplicate" => words.outcome_duplicate,
        "withdrawn" => words.outcome_withdrawn,
        "restored" => words.outcome_restored,
        _ => words.outcome_refused,
    }
}

/// What became of the form before.
fn done_banner(words: &DeskWords, done: &[(&str, u64)]) -> Markup {
    let said = match done {
        [] => return html! {},
        [("new", 1)] => words.done_new.into(),
        [("revised", 1)] => words.done_revised.into(),
        [("duplicate", 1)] => words.done_duplicate.into(),
        [("withdrawn", 1)] => words.done_withdrawn.into(),
        [("restored", 1)] => words.done_restored.into(),
        several => {
            let counts = several.iter().map(|(name, count)| format!("{count} {}", outcome(words, name)));
            fill(words.done_several, &[("counts", &counts.collect::<Vec<_>>().join(", "))])
        }
    };
    html! { p.banner role="status" { (said) } }
}

/// A page for what could not be done, in English as programs get it, and the way back.
pub fn desk_problem(site: &Site, what: Option<&str>, detail: &str) -> String {
    let words = words(site);
    desk(
        site,
        words.not_done,
        &html! {
            div.opening {
                p.trail { a href=(path(site, &Desk::Home)) { (words.back) } }
                h1 { (words.not_done) }
                p.banner role="alert" lang="en" { @if let Some(what) = what { (what) ": " } (detail) }
                p.quiet { (words.not_done_lead) }
            }
        },
    )
}

/// Where a token is asked for on the way to a place; `wrong` where the last one was.
pub fn desk_sign_in(site: &Site, any_tokens: bool, to: &Desk, wrong: bool) -> String {
    let words = words(site);
    desk(
        site,
        words.desk,
        &html! {
            div.opening {
                h1 { (words.desk) }
                @if any_tokens {
                    p.lead { (words.sign_in_lead) }
                    @if wrong { p.banner role="alert" { (words.wrong_token) } }
                    form method="post" action=(path(site, &Desk::SignIn)) {
                        @if *to != Desk::Home { input type="hidden" name="to" value=(to); }
                        label for="token" { (words.token) }
                        input id="token" type="password" name="token" autocomplete="current-password" required;
                        button type="submit" { (words.sign_in) }
                    }
                } @else { p.lead { (words.no_tokens) } }
            }
        },
    )
}

/// The first page of the desk; `sought` is what no bulletin was found by.
pub fn desk_home(
    site: &Site,
    signed: &Signed,
    latest: &[DeskEvent],
    sought: Option<&str>,
    done: &[(&str, u64)],
) -> String {
    let words = words(site);
    desk(
        site,
        words.desk,
        &html! {
            div.opening {
                h1 { (words.desk) }
                (who(site, signed))
                (done_banner(words, done))
            }
            @if signed.may("admit") || signed.may("revise") {
                section {
                    h2 { (words.paste) }
                    p.quiet { (words.paste_lead) }
                    (hand_in(site, signed, None))
                }
            }
            (find(site, sought))
            section {
                h2 { (words.latest) }
                @if latest.is_empty() { p { (words.nothing_yet) } }
                ul.events { @for event in latest { li { (event_line(site, event)) } } }
            }
        },
    )
}

/// The way to a bulletin that is to be revised, withdrawn or restored.
fn find(site: &Site, sought: Option<&str>) -> Markup {
    let words = words(site);
    html! {
        section {
            h2 { (words.find) }
            form.find method="get" action=(site.links.path(&Route::Desk(Desk::Home))) {
                label for="find" { (words.find_by) }
                @if sought.is_some() { p.banner role="alert" { (words.find_none) } }
                input id="find" name="find" value=(sought.unwrap_or_default()) required dir="auto";
                @if site.interface.asked { input type="hidden" name="lang" value=(site.interface.language.tag()); }
                button type="submit" { (words.find_button) }
            }
        }
    }
}

fn who(site: &Site, signed: &Signed) -> Markup {
    let words = words(site);
    let name = |right: &&str| match *right {
        "admit" => words.admit,
        "revise" => words.revise,
        _ => words.withdraw,
    };
    let rights: Vec<&str> = signed.rights.iter().map(name).collect();
    html! {
        form.who method="post" action=(path(site, &Desk::SignOut)) {
            (signed.mark(&Desk::SignOut))
            span { (fill(words.signed_in, &[("name", signed.name), ("rights", &rights.join(", "))])) }
            a href=(path(site, &Desk::Sources)) { (words.sources) }
            button type="submit" { (words.sign_out) }
        }
    }
}

/// The form that a document is handed in by; with a `target`, as a revision of that bulletin.
fn hand_in(site: &Site, signed: &Signed, target: Option<BulletinId>) -> Markup {
    let words = words(site);
    html! {
        form method="post" action=(path(site, &Desk::Drafts)) enctype="multipart/form-data" {
            (signed.mark(&Desk::Drafts))
            @if let Some(target) = target { input type="hidden" name="target" value=(target); }
            label for="text" { (words.text) }
            textarea id="text" name="text" rows="10" dir="auto" {}
            label for="file" { (words.file) }
            input id="file" type="file" name="file";
            (format_choice(words, None))
            button type="submit" { (words.look) }
        }
    }
}

fn format_choice(words: &DeskWords, chosen: Option<&str>) -> Markup {
    html! {
        label for="format" { (words.format) }
        select id="format" name="format" {
            option value="" { (words.by_its_look) }
            @for (media_type, name) in FORMATS {
                option value=(media_type) selected[chosen == Some(media_type)] { (name) }
            }
        }
    }
}

fn event_line(site: &Site, event: &DeskEvent) -> Markup {
    let words = words(site);
    let what = set(
        words.by,
        &[
            ("outcome", text(outcome(words, event.outcome))),
            ("name", text(&event.by)),
            ("when", dates::moment(site, event.at)),
        ],
    );
    html! {
        a dir="auto" href=(path(site, &Desk::Bulletin(event.id))) { (event.title) }
        span.quiet { (what) @if let Some(source) = &event.source { " · " (source) } }
        @if let Some(reason) = &event.reason { span.quiet dir="auto" { "“" (reason) "”" } }
    }
}

/// Every source, and how it is doing.
pub fn desk_sources(site: &Site, sources: &[DeskSource]) -> String {
    let words = words(site);
    desk(
        site,
        words.sources,
        &html! {
            div.opening {
                p.trail { a href=(path(site, &Desk::Home)) { (words.back) } }
                h1 { (words.sources) }
                p.lead { (words.sources_lead) }
            }
            @if sources.is_empty() { p { (words.no_sources) } }
            ul.events {
                @for source in sources {
                    li {
                        strong { (source.name) }
                        code { (source.place) }
                        span.quiet { (health(site, source)) }
                        @if let Some((at, why)) = &source.last_error {
                            span class=[source.failing.then_some("failing")] {
                                (set(words.source_failed, &[("when", dates::moment(site, *at)), ("why", text(why))]))
                            }
                        }
                    }
                }
            }
        },
    )
}

fn health(site: &Site, source: &DeskSource) -> Markup {
    let words = words(site);
    let counts: Vec<String> = source
        .counts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{count} {}", outcome(words, name)))
        .collect();
    html! {
        @match source.last_success {
            Some(at) => (set(words.source_well, &[("when", dates::moment(site, at))])),
            None => (words.source_never),
        }
        @if let Some(next) = source.next { ", " (set(words.source_next, &[("when", dates::moment(site, next))])) }
        @if !counts.is_empty() { " · " (counts.join(", ")) }
    }
}
