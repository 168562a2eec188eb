//! What this archive promises, how to cite it, and how to check that it keeps its word.

use maud::{Markup, html};

use super::Site;
use super::layout::{Head, page};
use super::messages::{About, set};
use crate::permalink::Route;

/// The page about the archive.
pub fn about(site: &Site) -> String {
    let words = About::of(site.interface.language);
    let head = Head { title: words.title, canonical: Some(Route::About), ..Head::default() };
    let feeds = html! { a href=(site.path(&Route::Feeds)) { (words.feeds_link) } };
    let code = |text: &str| html! { code { (text) } };
    let programs = [
        ("endings", html! { code { ".json" } ", " code { ".atom" } ", " code { ".txt" } }),
        ("timegate", code("/timegate/{id}")),
        ("timemap", code("/timemap/{id}")),
    ];
    let promises = [
        words.promise_permalink,
        words.promise_versions,
        words.promise_dates,
        words.promise_hash,
        words.promise_feeds,
        words.promise_privacy,
    ];
    let section = |title: &str, text: Markup| html! { section { h2 { (title) } p { (text) } } };
    page(
        site,
        &head,
        &html! {
            div.opening { h1 { (words.title) } p.lead { (words.lead) } }
            div.prose {
                section {
                    h2 { (words.promises) }
                    ul.promises { @for promise in promises { li { (promise) } } }
                }
                (section(words.cite, html! { (words.cite_how) }))
                (section(words.verify, html! { (words.verify_how) }))
                (section(words.follow, set(words.follow_how, &[("feeds", feeds)])))
                (section(words.programs, set(words.programs_how, &programs)))
            }
        },
    )
}
