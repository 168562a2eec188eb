//! A bulletin at the desk: to be revised, withdrawn and restored.

use jiff::Timestamp;
use maud::{Markup, html};

use super::preview::fields;
use super::{Signed, desk, done_banner, hand_in, path, words};
use crate::bulletin::{BulletinId, Category, Content};
use crate::pages::messages::{set, text};
use crate::pages::{Site, dates};
use crate::permalink::{Desk, Route};

/// A bulletin as it stands.
#[derive(Clone, Debug)]
pub struct DeskBulletin {
    pub id: BulletinId,
    pub slug: String,
    pub content: Content,
    pub categories: Vec<Category>,
    /// Since when, and why.
    pub withdrawn: Option<(Timestamp, String)>,
}

/// The page of a bulletin; `done` is what became of the form before.
pub fn desk_bulletin(site: &Site, signed: &Signed, view: &DeskBulletin, done: &[(&str, u64)]) -> String {
    let words = words(site);
    let permalink = Route::Bulletin(view.id, Some(view.slug.clone()));
    desk(
        site,
        &view.content.title,
        &html! {
            div.opening {
                p.trail { a href=(path(site, &Desk::Home)) { (words.back) } }
                h1 dir="auto" { (view.content.title) }
                (done_banner(words, done))
                p {
                    a href=(site.path(&permalink)) { (words.see) } " · "
                    a href=(site.path(&Route::History(view.id))) { (words.history) }
                }
            }
            @match &view.withdrawn {
                Some((at, reason)) => (withdrawn(site, signed, view.id, *at, reason)),
                None => (standing(site, signed, view)),
            }
        },
    )
}

fn withdrawn(site: &Site, signed: &Signed, id: BulletinId, at: Timestamp, reason: &str) -> Markup {
    let words = words(site);
    let place = Desk::Restore(id);
    html! {
        p.banner { (set(words.withdrawn_since, &[("when", dates::moment(site, at)), ("reason", text(reason))])) }
        @if signed.may("withdraw") {
            form method="post" action=(path(site, &place)) {
                (signed.mark(&place))
                button type="submit" { (words.restore) }
            }
        }
    }
}

fn standing(site: &Site, signed: &Signed, view: &DeskBulletin) -> Markup {
    let words = words(site);
    let place = Desk::Withdraw(view.id);
    html! {
        @if signed.may("revise") {
            section {
                h2 { (words.revise_it) }
                p.quiet { (words.revise_lead) }
                (revision(site, signed, view))
                details { summary { (words.paste) } (hand_in(site, signed, Some(view.id))) }
            }
        }
        @if signed.may("withdraw") {
            section {
                h2 { (words.withdraw_it) }
                p.quiet { (words.withdraw_lead) }
                form method="post" action=(path(site, &place)) {
                    (signed.mark(&place))
                    label for="reason" { (words.reason) }
                    input id="reason" name="reason" required dir="auto";
                    button type="submit" { (words.withdraw_it) }
                }
            }
        }
    }
}

/// What is said now, to be changed. Authors and files are in no field, and stay as they are.
fn revision(site: &Site, signed: &Signed, view: &DeskBulletin) -> Markup {
    let words = words(site);
    let labels: Vec<&str> = view.categories.iter().map(|category| category.label.as_str()).collect();
    html! {
        form method="post" action=(path(site, &Desk::Drafts)) enctype="multipart/form-data" {
            (signed.mark(&Desk::Drafts))
            input type="hidden" name="target" value=(view.id);
            (fields(words, &view.content, &labels.join("\n")))
            label.check { input type="checkbox" name="minor" value="1"; " " (words.minor) }
            button type="submit" { (words.look) }
        }
    }
}
