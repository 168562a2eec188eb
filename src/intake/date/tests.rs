//! Dates in every form and language that intake claims to read, and in those it must not.

use proptest::prelude::*;

use super::*;

/// What the mentions of a text are, as `date@text`.
fn found(text: &str) -> Vec<String> {
    mentions(text).iter().map(|m| format!("{}@{}", m.date, &text[m.range()])).collect()
}

#[test]
fn dates_are_found_in_running_text() {
    for (text, expected) in [
        ("on 4 April 2018.", "2018-04-04@4 April 2018"),
        ("on April 4, 2018, we", "2018-04-04@April 4, 2018"),
        ("the 4th of April, 2018", "2018-04-04@4th of April, 2018"),
        ("Wednesday, April 4th 2018", "2018-04-04@Wednesday, April 4th 2018"),
        (
            "Date: Wed, 04 Apr 2018 10:00:00 +0200",
            "2018-04-04T10:00:00+02:00@Wed, 04 Apr 2018 10:00:00 +0200",
        ),
        ("Wed, 4 Apr 2018 10:00 GMT (UTC)", "2018-04-04T10:00:00Z@Wed, 4 Apr 2018 10:00 GMT (UTC)"),
        ("Wed Apr 04 2018 10:00:00 GMT+0200", "2018-04-04T10:00:00+02:00@Wed Apr 04 2018 10:00:00 GMT+0200"),
        ("Wed Apr  4 10:00:00 2018", "2018-04-04@Wed Apr  4 10:00:00 2018"),
        ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z@Sunday, 06-Nov-94 08:49:37 GMT"),
        ("at 2018-04-04T10:00:00.5-05:00!", "2018-04-04T10:00:00.5-05:00@2018-04-04T10:00:00.5-05:00"),
        ("at 2018-04-04T10:00Z", "2018-04-04T10:00:00Z@2018-04-04T10:00Z"),
        ("at 2018-04-04 10:00:00", "2018-04-04@2018-04-04 10:00:00"),
        ("at 2018-04-04T10:00:00 there", "2018-04-04@2018-04-04T10:00:00"),
        ("(2018-04-04)", "2018-04-04@2018-04-04"),
        ("in 2017-06 and", "2017-06@2017-06"),
        ("14.12.2015, London", "2015-12-14@14.12.2015"),
        ("14. 12. 2015", "2015-12-14@14. 12. 2015"),
        ("14/12/2015", "2015-12-14@14/12/2015"),
        ("12/14/2015", "2015-12-14@12/14/2015"),
        ("Bulletin No. 45, June 2017", "2017-06@June 2017"),
        ("paru en juin 2017", "2017-06@juin 2017"),
        ("junio de 2017", "2017-06@junio de 2017"),
        ("le 1er août 2017 à 10h30", "2017-08-01@1er août 2017 à 10h30"),
        ("el lunes, 4 de abril de 2018", "2018-04-04@lunes, 4 de abril de 2018"),
        ("4 d’abril de 2018", "2018-04-04@4 d’abril de 2018"),
        ("segunda-feira, 4 de março de 2019", "2019-03-04@segunda-feira, 4 de março de 2019"),
        ("Mittwoch, den 4. April 2018", "2018-04-04@Mittwoch, den 4. April 2018"),
        ("l’8 aprile 2018", "2018-04-08@8 aprile 2018"),
        ("1º de maio de 2020", "2020-05-01@1º de maio de 2020"),
        ("4 апреля 2018 года", "2018-04-04@4 апреля 2018"),
        ("4 أبريل 2018", "2018-04-04@4 أبريل 2018"),
        ("٤ نيسان/أبريل ٢٠١٨", "2018-04-04@٤ نيسان/أبريل ٢٠١٨"),
        ("4 تشرين الأول 2018", "2018-10-04@4 تشرين الأول 2018"),
        ("发布于2018年4月4日讯", "2018-04-04@2018年4月4日"),
        ("2018년 4월 4일", "2018-04-04@2018년 4월 4일"),
        ("更新平成30年4月4日版", "2018-04-04@平成30年4月4日"),
        ("令和元年5月1日", "2019-05-01@令和元年5月1日"),
        ("民國107年4月4日", "2018-04-04@民國107年4月4日"),
        ("ngày 4 tháng 4 năm 2018,", "2018-04-04@4 tháng 4 năm 2018"),
        ("วันที่ 4 เมษายน 2561", "2018-04-04@4 เมษายน 2561"),
        ("๔ เมษายน พ.ศ. ๒๕๖๑", "2018-04-04@๔ เมษายน พ.ศ. ๒๕๖๑"),
        ("৪ এপ্রিল ২০১৮", "2018-04-04@৪ এপ্রিল ২০১৮"),
        ("4 අප්\u{200d}රේල් 2018", "2018-04-04@4 අප්\u{200d}රේල් 2018"),
        ("تهران، ۱۵ فروردین ۱۳۹۷", "2018-04-04@۱۵ فروردین ۱۳۹۷"),
        ("4 اپریل 2018", "2018-04-04@4 اپریل 2018"),
        ("2018. április 4.", "2018-04-04@2018. április 4."),
        ("2018 m. balandžio 4 d.", "2018-04-04@2018 m. balandžio 4"),
        ("https://example.org/2018/04/04/slug", "2018-04-04@2018/04/04"),
        ("Sept. 4, 2018", "2018-09-04@Sept. 4, 2018"),
        ("4 May ’18", "2018-05-04@4 May ’18"),
        ("4\nApril\n2018", "2018-04-04@4\nApril\n2018"),
        ("4 April 2018 10:00 - 12:00", "2018-04-04@4 April 2018 10:00"),
        ("April 4, 2018 at 3:15 p.m. EST", "2018-04-04T15:15:00-05:00@April 4, 2018 at 3:15 p.m. EST"),
        ("May 4, 2018 3 pm", "2018-05-04@May 4, 2018 3 pm"),
    ] {
        assert_eq!(found(text), [expected], "{text}");
    }
}

#[test]
fn spans_give_their_first_day_and_say_so() {
    for (text, first) in [
        ("18-19 July 2017", "2017-07-18"),
        ("on 18 and 19 April 2017.", "2017-04-18"),
        ("du 18 au 19 avril 2017", "2017-04-18"),
        ("28 March – 2 April 2018", "2018-03-28"),
        ("April 18–19, 2017", "2017-04-18"),
        ("March 28 – April 2, 2018", "2018-03-28"),
        ("May/June 2017", "2017-05"),
    ] {
        let mentions = mentions(text);
        assert_eq!(mentions.iter().map(|m| m.date.to_string()).collect::<Vec<_>>(), [first], "{text}");
        assert!(mentions[0].span && exactly(text).is_none(), "{text}");
    }
}

#[test]
fn what_only_looks_like_a_date_is_none() {
    for text in [
        "2018",
        "20180404",
        "5 May",
        "the 2011-12 season",
        "version 2018.4.4",
        "1.4.12.2015",
        "tel. 022 2015 14",
        "31 February 2018",
        "2018-02-30",
        "2017-18",
        "99/99/2018",
        "rolled out 2018",
        "years ago 2018",
        "4\n\nApril 2018 x 1",
        "no. 3/2018",
        "10:00",
        "April",
        "in 1776-07-04",
        "3 x 2018",
        "平成30",
        "in 2561",
        "1397/01/15",
    ] {
        assert!(
            !found(text).iter().any(|found| found.len() > "2018-04@April 2018".len()),
            "{text}: {:?}",
            found(text)
        );
        assert!(text.contains("April") || found(text).is_empty(), "{text}: {:?}", found(text));
    }
}

#[test]
fn a_label_may_write_the_year_in_two_digits() {
    let label =
        |text| mentions_in_label(text, Order::DayFirst).into_iter().map(|found| found.date.to_string());
    for (text, dates) in [
        ("Ferries, 30.10.23", &["2023-10-30"][..]),
        ("by Ada Fenwick | 4/5/18, 10:00", &["2018-05-04"]),
        ("4 April 2018", &["2018-04-04"]),
        ("version 1.10.12.4", &[]),
        ("4 Apr 18", &["2018-04-04"]),
        ("Apr 4th, ’18", &["2018-04-04"]),
        ("4 Apr 18:30", &[]),
        ("4 Apr 18 May", &[]),
        ("4. IV. 2018", &["2018-04-04"]),
        ("Ref. 20180404", &["2018-04-04"]),
        ("۱۳۹۷/۰۱/۱۵", &["2018-04-04"]),
        ("40.10.23", &[]),
        ("10:30", &[]),
    ] {
        assert_eq!(label(text).collect::<Vec<_>>(), dates, "{text}");
        assert_eq!(found(text).is_empty(), text != "4 April 2018" && text != "Apr 4th, ’18", "{text}");
    }
}

#[test]
fn several_dates_stand_in_their_order() {
    let text = "Posted 4 April 2018, changed on 5.4.2018; the 2030 Agenda, March 2019";
    assert_eq!(found(text), ["2018-04-04@4 April 2018", "2018-04-05@5.4.2018", "2019-03@March 2019"]);
}

#[test]
fn a_text_that_is_a_date_is_one() {
    for (text, date) in [
        ("2018", "2018"),
        ("20180404", "2018-04-04"),
        ("20180404T100000Z", "2018-04-04T10:00:00Z"),
        (" (4 April 2018) ", "2018-04-04"),
        ("Wednesday 4 April 2018 |", "2018-04-04"),
        ("le mercredi 4 avril 2018", "2018-04-04"),
        ("4 апреля 2018 г.", "2018-04-04"),
        ("04/2018", "2018-04"),
        ("14.12.15", "2015-12-14"),
        ("2018年4月4日（水）", "2018-04-04"),
        ("2018年4月", "2018-04"),
        ("4 April 2018, 10:00 Uhr", "2018-04-04"),
        ("avril 2018", "2018-04"),
        ("Mar 2018", "2018-03"),
        ("2018 April", "2018-04"),
        ("2011-12", "2011-12"),
        ("4 / 5 / 2018", "2018-05-04"),
    ] {
        assert_eq!(exactly(text).map(|date| date.to_string()).as_deref(), Some(date), "{text}");
    }
    for text in
        ["", "-", "$ 2018", "-2018", "4 April 2018 London", "Annual report 2018", "12", "2018 2019", "5%"]
    {
        assert_eq!(exactly(text), None, "{text}");
    }
}

#[test]
fn numbers_that_can_be_either_are_read_as_the_text_shows() {
    assert_eq!(found("4/5/2018"), ["2018-05-04@4/5/2018"]);
    assert_eq!(found("4/5/2018 and 4/25/2018")[0], "2018-04-05@4/5/2018");
    assert_eq!(mentions_with("4/5/2018", Order::MonthFirst)[0].date.to_string(), "2018-04-05");
    assert_eq!(mentions_with("4.5.2018", Order::MonthFirst)[0].date.to_string(), "2018-05-04");
}

#[test]
fn every_month_name_makes_every_form() {
    for (month, name) in names::month_names() {
        let name = name.replace('_', " ");
        for (day, year) in [(1, 1900), (12, 2018), (28, 2100)] {
            assert_every_form(month, &name, day, year);
            assert_every_form(month, &name.to_uppercase(), day, year);
        }
    }
}

fn assert_every_form(month: i8, name: &str, day: i8, year: i16) {
    let expected = PartialDate::Day(jiff::civil::Date::new(year, month, day).unwrap());
    for form in [
        format!("{day} {name} {year}"),
        format!("{day}. {name} {year}"),
        format!("{day} de {name} de {year}"),
        format!("{name} {day}, {year}"),
        format!("{day:02}-{name}-{year}"),
        format!("{year}. {name} {day}."),
        format!("{day}.{month}.{year}"),
        format!("{day}/{month}/{year}"),
        format!("{year}-{month:02}-{day:02}"),
        format!("{year}年{month}月{day}日"),
    ] {
        assert_eq!(exactly(&form), Some(expected), "{form}");
        let text = format!("It said: {form}; and more");
        let dates: Vec<_> = mentions(&text).into_iter().map(|mention| mention.date).collect();
        assert_eq!(dates, [expected], "{text}");
    }
    let alone = format!("{name} {year}");
    assert_eq!(exactly(&alone), Some(PartialDate::Month(year, month)), "{alone}");
}

proptest! {
    #[test]
    fn any_text_gives_ranges_between_characters(text in "(\\PC|[0-9./: -]|April|mai|tháng|\n|年|月|日){0,60}") {
        let mut last = 0;
        for mention in mentions(&text) {
            prop_assert!(mention.range.0 >= last && mention.range.0 < mention.range.1);
            prop_assert!(text.get(mention.range()).is_some());
            last = mention.range.1;
        }
        exactly(&text);
    }

    #[test]
    fn what_annals_writes_it_reads_again(seconds in 0..4_000_000_000i64, minutes in -720..=840i32) {
        let offset = jiff::tz::Offset::from_seconds(minutes * 60).unwrap();
        let instant = PartialDate::Instant(jiff::Timestamp::from_second(seconds).unwrap(), offset);
        prop_assert_eq!(exactly(&instant.to_string()), Some(instant));
    }
}
