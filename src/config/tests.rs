//! The configuration as it is written, and its manual.

use super::*;

fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let environment = environment.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    Config::parse("config.toml", text, environment).map_err(|error| error.to_string())
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (text, parts) in [
        ("[site]\ntitel = \"x\"", &["line 2", "titel"][..]),
        ("[feed]\nentries = \"many\"", &["line 2", "many", "expected"]),
        ("[feed]\nentries = 0", &["feed.entries", "between"]),
        ("[site]\nbase_url = \"news\"", &["site.base_url"]),
        ("[site]\nbase_url = \"https://news.example.org\"", &["site.authority", "once"]),
        ("[site]\nauthority = \"news\"", &["site.authority", "news.example.org,2026"]),
        ("[site]\ntimezone = \"Paris\"", &["site.timezone"]),
        ("[server]\nlisten = \"here\"", &["server.listen"]),
        ("[[token]]\nname = \"a\"\nsha256 = \"1\"", &["token.sha256", "`a`"]),
        ("[[token]]\nname = \"a\"", &["sha256"]),
        (&token("name = \"local\""), &["token.name", "`local`"]),
        (&token("name = \"source:feed\""), &["token.name", "without a token"]),
        (
            &token("name = \"a\"\nrights = [\"write\"]"),
            &["token.rights", "`write`", "admit, revise, withdraw"],
        ),
        (&token("name = \"a\"\nrights = []"), &["token.rights", "`a`"]),
        (&token("name = \"a\"\nsource = [\"a b\"]"), &["token.source", "`a b`", "one word"]),
        (&token("name = \"a\"\ncategory = [\"…\"]"), &["token.category", "`…`"]),
        (&token("name = \"a\"\nexpires = \"soon\""), &["token.expires", "`soon`", "2027-01-31"]),
        (&token("name = \"a\"\nright = [\"admit\"]"), &["right", "unknown"]),
        (&[token("name = \"a\""), token("name = \"b\"")].join("\n"), &["token.sha256", "`a`", "`b`"]),
        ("[egress]\nallow = [\"10.0.0.0/33\"]", &["egress.allow", "10.0.0.0/33"]),
        ("[[source]]\nname = \"a b\"\nkind = \"feed\"", &["source.name", "`a b`"]),
        ("[[source]]\nname = \"a\"\nkind = \"web\"", &["source.kind", "`web`", "maildir"]),
        ("[[source]]\nname = \"a\"\nkind = \"feed\"", &["source.url", "`a` has none"]),
        (
            "[[source]]\nname = \"a\"\nkind = \"folder\"\npath = \".\"",
            &["source.path", "the archive lies in `.` of `a`"],
        ),
        ("[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"file:///x\"", &["source.url", "`file:///x`"]),
        (
            "[[source]]\nname = \"a\"\nkind = \"folder\"\npath = \"x\"\nurl = \"x\"",
            &["source.url", "no such key"],
        ),
        (
            "[[source]]\nname = \"a\"\nkind = \"maildir\"\npath = \"x\"\nsettle_seconds = 2",
            &["settle_seconds"],
        ),
        (TWICE, &["source.name", "two sources called `A`"]),
        ("[[rule]]\ncategory = [\"a\"]", &["rule", "when it holds"]),
        ("[[rule]]\npath = \"*\"", &["rule", "neither category nor language"]),
        ("[[rule]]\npath = \"[\"\ncategory = [\"a\"]", &["rule.path"]),
        ("[[rule]]\ntitle = \"(\"\ncategory = [\"a\"]", &["rule.title", "unclosed"]),
        ("[[rule]]\npath = \"*\"\ncategory = [\"…\"]", &["category", "`…`"]),
        ("[[rule]]\npath = \"*\"\nlanguage = \"so so\"", &["language", "`so so`"]),
        ("[[rule]]\nfile = \"*\"", &["file", "unknown"]),
    ] {
        let error = parse(text, &[]).unwrap_err();
        assert!(parts.iter().all(|part| error.contains(part)), "{text}: {error}");
    }
}

fn token(lines: &str) -> String {
    format!("[[token]]\nsha256 = \"{}\"\n{lines}", "0".repeat(64))
}

#[test]
fn a_token_with_only_a_name_keeps_every_right_everywhere_and_for_ever() {
    let config = parse(&token("name = \"a\""), &[]).unwrap();
    assert_eq!(*config.tokens[0].permit, crate::archive::Permit::default());
    assert_eq!(config.tokens[0].expires, None);
}

#[test]
fn a_token_ends_when_its_day_begins_where_the_site_is() {
    let ends = |text: &str| {
        let lines = format!("name = \"a\"\nexpires = \"{text}\"");
        let site = "[site]\ntimezone = \"Europe/Paris\"\n";
        parse(&format!("{site}{}", token(&lines)), &[]).unwrap().tokens[0].expires.unwrap().to_string()
    };
    assert_eq!(ends("2027-01-31"), "2027-01-30T23:00:00Z");
    assert_eq!(ends("2027-01-31T12:00:00Z"), "2027-01-31T12:00:00Z");
}

const TWICE: &str = "[[source]]\nname = \"a\"\nkind = \"maildir\"\npath = \"x\"\n\
                     [[source]]\nname = \"A\"\nkind = \"maildir\"\npath = \"y\"";

/// The file that is handed out: the manual of every key, each at its default.
const MANUAL: &str = include_str!("../../config.toml");

/// As the keys stand in [`RawConfig`]: none can be added there and left out here.
fn defaults() -> toml::Table {
    let mut table = toml::Table::try_from(RawConfig::default()).unwrap();
    for list in ["token", "source", "rule"] {
        assert_eq!(table.remove(list), Some(toml::Value::Array(Vec::new())), "there is no {list} at first");
    }
    table
}

#[test]
fn the_manual_has_every_key_at_its_default_and_no_other() {
    assert_eq!(MANUAL.parse::<toml::Table>().unwrap(), defaults());
}

#[test]
fn the_examples_in_the_manual_can_be_taken_out_of_their_comments() {
    // A comment begins with a space, an example does not.
    let uncommented: Vec<&str> = MANUAL
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line))
        .collect();
    let config = parse(&uncommented.join("\n"), &[]).unwrap();
    assert_eq!((config.tokens.len(), config.sources.len()), (1, 3));
    let examples = [
        toml::Table::try_from(RawSource::example()),
        toml::Table::try_from(RawRule::example()),
        toml::Table::try_from(RawToken::example()),
    ];
    for table in examples {
        for key in table.unwrap().keys() {
            assert!(MANUAL.contains(&format!("\n#{key} = ")), "{key} has no example in the manual");
        }
    }
}

#[test]
fn every_key_may_be_given_in_the_environment() {
    for (section, keys) in defaults() {
        for (key, value) in keys.as_table().unwrap() {
            let variable = format!("ANNALS_{}__{}", section.to_uppercase(), key.to_uppercase());
            let text = value.as_str().map_or(value.to_string(), String::from);
            parse("", &[(&variable, &text)]).unwrap_or_else(|error| panic!("{variable}={text}: {error}"));
        }
    }
}

#[test]
fn the_environment_overrides_the_file() {
    let environment = [
        ("ANNALS_FEED__ENTRIES", "7"),
        ("ANNALS_SITE__TITLE", "The Tide Office"),
        ("ANNALS_SITE__DESCRIPTION", "1848"),
        ("ANNALS_TEST_ALL", "1"),
        ("OTHER_FEED__ENTRIES", "9"),
    ];
    let config = parse("[feed]\nentries = 20", &environment).unwrap();
    assert_eq!((config.site.feed_entries, config.site.title.as_str()), (7, "The Tide Office"));
    assert_eq!(config.site.description.as_deref(), Some("1848"), "text stays text");
    let error = parse("", &[("ANNALS_FEED__ENTRIES", "many")]).unwrap_err();
    assert!(error.contains("feed.entries") && error.contains("expected"), "{error}");
    let error = parse("", &[("ANNALS_FEED__ENTRY", "7")]).unwrap_err();
    assert!(error.contains("ANNALS_FEED__ENTRY") && error.contains("entry"), "{error}");
}
