//! Rules: categories and languages by where a bulletin comes from and what it is called.
//!
//! Owns what a rule says of a bulletin, never why whoever runs the archive wrote it. A rule adds categories to those
//! that are found; its language holds where nothing else names one, since what a document says of itself is better known.

use globset::{GlobBuilder, GlobMatcher};
use regex::{Regex, RegexBuilder};

/// How much memory a compiled title may take: a pattern is written by hand, and is short.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// What a name is compared with. Case is of no consequence.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// `*`, `?`, `[a-z]`, `{a,b}` over the whole name; `*` also stands for `/`.
    Glob(GlobMatcher),
    /// Anywhere in it.
    Regex(Regex),
}

impl Pattern {
    pub fn glob(text: &str) -> Result<Pattern, String> {
        let glob = GlobBuilder::new(text).case_insensitive(true).build();
        Ok(Pattern::Glob(glob.map_err(|error| error.to_string())?.compile_matcher()))
    }

    pub fn regex(text: &str) -> Result<Pattern, String> {
        let regex = RegexBuilder::new(text).case_insensitive(true).size_limit(REGEX_BYTES_MAX).build();
        Ok(Pattern::Regex(regex.map_err(|error| error.to_string())?))
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Pattern::Glob(glob) => glob.is_match(text),
            Pattern::Regex(regex) => regex.is_match(text),
        }
    }
}

/// What it says holds where every pattern that it has matches.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    pub source: Option<Pattern>,
    pub sender: Option<Pattern>,
    pub path: Option<Pattern>,
    pub url: Option<Pattern>,
    pub title: Option<Pattern>,
    /// Labels as people read them.
    pub categories: Vec<String>,
    pub language: Option<String>,
}

/// What rules look at.
pub struct Facts<'a> {
    /// Who sent it, and who it says it is from.
    pub sources: [&'a str; 2],
    pub sender: Option<&'a str>,
    pub path: Option<&'a str>,
    pub urls: Vec<&'a str>,
    pub title: &'a str,
}

impl Rule {
    pub fn has_pattern(&self) -> bool {
        [&self.source, &self.sender, &self.path, &self.url, &self.title].into_iter().any(Option::is_some)
    }

    fn holds(&self, facts: &Facts) -> bool {
        let any = |pattern: &Option<Pattern>, texts: &[&str]| {
            pattern.as_ref().is_none_or(|pattern| texts.iter().any(|text| pattern.matches(text)))
        };
        any(&self.source, &facts.sources)
            && any(&self.sender, facts.sender.as_slice())
            && any(&self.path, facts.path.as_slice())
            && any(&self.url, &facts.urls)
            && any(&self.title, &[facts.title])
    }
}

/// All rules, in their order.
#[derive(Clone, Debug, Default)]
pub struct Rules(Vec<Rule>);

impl Rules {
    pub fn new(rules: Vec<Rule>) -> Rules {
        Rules(rules)
    }

    /// The categories that the rules give, and the language of the last that names one: what is said later is more
    /// particular.
    pub fn say<'a>(&'a self, facts: &Facts) -> (Vec<&'a str>, Option<&'a str>) {
        let (mut categories, mut language) = (Vec::new(), None);
        for rule in self.0.iter().filter(|rule| rule.holds(facts)) {
            categories.extend(rule.categories.iter().map(String::as_str));
            language = rule.language.as_deref().or(language);
        }
        (categories, language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Arrival, Hints, Settings, read};

    fn glob(text: &str) -> Option<Pattern> {
        Some(Pattern::glob(text).unwrap())
    }

    #[test]
    fn a_rule_holds_where_each_of_its_patterns_matches() {
        let facts = Facts {
            sources: ["pier", "Ferry-List"],
            sender: Some("Desk@Ferries.example.org"),
            path: Some("press/2018/a.html"),
            urls: vec!["https://ferries.example.org/news/7?x=1", "https://old.example.org/7"],
            title: "Late ferry: statement",
        };
        let rule = Rule::default();
        for (rule, holds) in [
            (Rule { source: glob("ferry-list"), ..rule.clone() }, true),
            (Rule { source: glob("pier"), ..rule.clone() }, true),
            (Rule { source: glob("pie"), ..rule.clone() }, false),
            (Rule { sender: glob("*@ferries.example.org"), ..rule.clone() }, true),
            (Rule { path: glob("press/*"), ..rule.clone() }, true),
            (Rule { path: glob("*.{txt,html}"), ..rule.clone() }, true),
            (Rule { url: glob("https://old.example.org/*"), ..rule.clone() }, true),
            (Rule { url: glob("*/tides/*"), ..rule.clone() }, false),
            (Rule { title: Some(Pattern::regex(r"\bSTATEMENT$").unwrap()), ..rule.clone() }, true),
            (Rule { title: Some(Pattern::regex("^statement").unwrap()), ..rule.clone() }, false),
            (Rule { source: glob("pier"), path: glob("press/*"), ..rule.clone() }, true),
            (Rule { source: glob("pier"), path: glob("tides/*"), ..rule.clone() }, false),
        ] {
            assert_eq!(rule.holds(&facts), holds, "{rule:?}");
        }
        let nothing = Facts { sender: None, path: None, urls: Vec::new(), ..facts };
        assert!(
            !Rule { sender: glob("*"), ..rule.clone() }.holds(&nothing),
            "what is not there matches nothing"
        );
        assert!(Pattern::glob("[a").is_err() && Pattern::regex("(").is_err());
    }

    #[test]
    fn rules_add_categories_and_give_a_language_where_there_is_none() {
        let rule = |path, category: &str, language: &str| Rule {
            path: glob(path),
            categories: vec![category.into()],
            language: Some(language.into()),
            ..Rule::default()
        };
        let rules = Rules::new(vec![rule("*", "Harbour", "fr"), rule("press/*", "Statements", "pt_br")]);
        let settings = Settings { rules, ..Settings::default() };
        let document = |path: &str, json: &str, hints: Hints| {
            let arrival =
                Arrival { source: "pier".into(), path: Some(path.into()), hints, ..Arrival::default() };
            let read = read(json.as_bytes(), &arrival, &settings).unwrap().parts.remove(0).unwrap();
            let terms: Vec<String> = read.categories.iter().map(|category| category.term.clone()).collect();
            (terms.join(" "), read.content.language.unwrap())
        };
        let plain = r#"{"title": "Fog", "body_text": "There is fog on the pier.", "categories": ["Weather", "harbour"]}"#;
        let said = r#"{"title": "Fog", "body_text": "There is fog on the pier.", "language": "en"}"#;
        let hints =
            Hints { categories: vec!["Alert".into()], language: Some("de".into()), ..Hints::default() };
        assert_eq!(
            document("press/1.json", plain, Hints::default()),
            ("weather harbour statements".into(), "pt-BR".into())
        );
        assert_eq!(document("1.json", said, Hints::default()), ("harbour".into(), "en".into()));
        assert_eq!(document("1.json", plain, hints), ("alert harbour".into(), "de".into()));
    }
}
