//! Bulletins by month as a picture: bars that are links, in SVG that needs no script, with the same numbers as a table.
//!
//! The picture is for eyes and pointers; the table under it is for everyone else, and for paper.

use maud::{Markup, html};

use super::Site;
use super::messages::fill;
use crate::bulletin::Selection;
use crate::permalink::Route;
use crate::syndication::directory::MonthCounts;

/// How high a picture is, in its own units; a month is [`MONTH_WIDTH`] wide, of which the bar leaves [`GAP`].
const HEIGHT: u32 = 60;
const MONTH_WIDTH: u32 = 10;
const GAP: u32 = 2;
/// The smallest bar that can still be seen and hit.
const BAR_HEIGHT_MIN: u32 = 3;

/// More years than this have a bar each, and not one a month: a page must stay small, and a bar must be hit.
pub const YEARS_BY_MONTH_MAX: usize = 16;

/// One bar.
struct Bar {
    /// Counted in bars from the left.
    at: u32,
    count: u64,
    /// What it stands for.
    name: String,
    href: String,
}

/// Bulletins by month over the years of a selection, the oldest first: of all bulletins, or of a category. `years` are
/// those that have any, with how many in each month.
pub fn over_years(site: &Site, selection: &Selection, years: &[(i16, MonthCounts)]) -> Markup {
    let Some((first, last)) = years.first().zip(years.last()).map(|(first, last)| (first.0, last.0)) else {
        return html! {};
    };
    let years_between = usize::try_from(last - first).unwrap_or(0) + 1;
    let by_month = years_between <= YEARS_BY_MONTH_MAX;
    let bars = if by_month {
        bars_of_months(site, selection, years, first)
    } else {
        bars_of_years(site, selection, years, first)
    };
    let wide = years_between as u32 * if by_month { 12 } else { 1 };
    let ticks = ticks(first, last);
    let table = if by_month {
        table(site, selection, years)
    } else {
        html! {}
    };
    figure(site, &bars, wide, &ticks, &table)
}

/// The months of one year: of all its bulletins, or of a category's.
pub fn of_year(site: &Site, selection: &Selection, year: i16, months: &MonthCounts) -> Markup {
    let bars = bars_of_months(site, selection, &[(year, *months)], year);
    let letter = |month: i8| site.interface.language.month_name(month).chars().take(3).collect::<String>();
    let ticks: Vec<String> = (1..=12).map(letter).collect();
    figure(site, &bars, 12, &ticks, &table(site, selection, &[(year, *months)]))
}

/// A bar beside a name, as long as its share of the most.
pub fn bar(count: u64, most: u64) -> Markup {
    let width = if most == 0 { 0 } else { (count * 100 / most).max(1) };
    html! {
        svg.bar viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect width=(width) height="2" {}
        }
    }
}

/// Where the bulletins of a month are listed.
fn month_path(site: &Site, selection: &Selection, year: i16, month: usize) -> String {
    let in_year = match selection.category() {
        Some(term) => Selection::CategoryYear(term.into(), year),
        None => Selection::Year(year),
    };
    site.path_with(&Route::Page(in_year), &[("month", &month.to_string())])
}

fn bars_of_months(site: &Site, selection: &Selection, years: &[(i16, MonthCounts)], first: i16) -> Vec<Bar> {
    let mut bars = Vec::new();
    for (year, months) in years {
        let left = u32::try_from(year - first).unwrap_or(0) * 12;
        for month in (1..=12).filter(|month| months[*month] > 0) {
            let name = site.interface.language.month(*year, month as i8);
            let href = month_path(site, selection, *year, month);
            bars.push(Bar { at: left + month as u32 - 1, count: months[month].into(), name, href });
        }
    }
    bars
}

fn bars_of_years(site: &Site, selection: &Selection, years: &[(i16, MonthCounts)], first: i16) -> Vec<Bar> {
    let bar = |(year, months): &(i16, MonthCounts)| {
        let in_year = match selection.category() {
            Some(term) => Selection::CategoryYear(term.into(), *year),
            None => Selection::Year(*year),
        };
        Bar {
            at: u32::try_from(year - first).unwrap_or(0),
            count: months.iter().map(|count| u64::from(*count)).sum(),
            name: year.to_string(),
            href: site.path(&Route::Page(in_year)),
        }
    };
    years.iter().map(bar).collect()
}

/// What to write under each year: as many of them as fit side by side.
fn ticks(first: i16, last: i16) -> Vec<String> {
    let step = i32::from(last - first) / 8 + 1;
    let label =
        |year: i16| if i32::from(year - first) % step == 0 { year.to_string() } else { String::new() };
    (first..=last).map(label).collect()
}

/// The picture with its caption and its table. What the bars say, the table says again; so a reader who hears the page
/// is not led through two hundred links of a picture.
fn figure(site: &Site, bars: &[Bar], wide: u32, ticks: &[String], table: &Markup) -> Markup {
    let words = site.words();
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    if most == 0 {
        return html! {};
    }
    let width = wide * MONTH_WIDTH;
    let caption = fill(words.most_in_a_month, &[("count", &site.interface.language.number(most))]);
    html! {
        figure.months {
            figcaption { (words.by_month) " " span.quiet { "(" (caption) ")" } }
            svg viewBox=(format!("0 0 {width} {HEIGHT}")) preserveAspectRatio="none" aria-hidden="true" focusable="false" {
                @for bar in bars { (drawn(site, bar, most)) }
            }
            ol.ticks aria-hidden="true" {
                @for label in ticks { li { (label) } }
            }
            (table)
        }
    }
}

fn drawn(site: &Site, bar: &Bar, most: u64) -> Markup {
    let height = ((bar.count * u64::from(HEIGHT)).div_ceil(most) as u32).max(BAR_HEIGHT_MIN);
    let left = bar.at * MONTH_WIDTH + GAP / 2;
    let path = format!("M{left} {HEIGHT}v-{height}h{}v{height}z", MONTH_WIDTH - GAP);
    let name = fill(site.words().bar, &[("what", &bar.name), ("bulletins", &site.bulletins(bar.count))]);
    html! {
        a href=(bar.href) tabindex="-1" {
            title { (name) }
            path d=(path) {}
        }
    }
}

/// A row a year and a column a month; each number leads where its bar does.
fn table(site: &Site, selection: &Selection, years: &[(i16, MonthCounts)]) -> Markup {
    let language = site.interface.language;
    let undated = years.iter().any(|(_, months)| months[0] > 0);
    let short = |month: usize| language.month_name(month as i8).chars().take(3).collect::<String>();
    html! {
        details {
            summary { (site.words().as_a_table) }
            div.wide tabindex="0" role="region" aria-label=(site.words().by_month) {
                table.months {
                    thead {
                        tr {
                            td {}
                            @for month in 1..=12 { th scope="col" { abbr title=(language.month_name(month as i8)) { (short(month)) } } }
                            @if undated { th scope="col" { abbr title=(site.words().date_undated) { "?" } } }
                        }
                    }
                    tbody {
                        @for (year, months) in years.iter().rev() {
                            tr {
                                th scope="row" { (year) }
                                @for month in 1..=12 {
                                    td {
                                        @if months[month] > 0 {
                                            a href=(month_path(site, selection, *year, month)) { (language.number(months[month].into())) }
                                        }
                                    }
                                }
                                @if undated { td { @if months[0] > 0 { (language.number(months[0].into())) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}
