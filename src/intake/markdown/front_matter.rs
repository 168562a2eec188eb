//! The block of YAML, TOML or JSON before the text, and what it holds.

use serde::de::DeserializeSeed as _;
use serde_json::value::RawValue;

use super::value::{Bounded, Value};
use crate::intake::{Refusal, RefusalKind};

/// How long front matter may be: a page of a book, far more than anybody writes.
const BYTES_MAX: usize = 32 << 10;

/// What marks where a block ends that begins with a line of these.
const FENCES: [(&str, &[&str]); 2] = [("---", &["---", "..."]), ("+++", &["+++"])];

/// Whether bytes begin with a whole block of front matter. Nothing else that is Markdown can be told from text.
pub fn begins_with_it(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(BYTES_MAX)];
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The end may lie within a character.
        Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default(),
    };
    block(text).is_some_and(|block| block.end.is_some())
}

struct Block {
    fence: &'static str,
    /// Where it begins and ends, and where the text behind it begins; none where no line ends it.
    start: usize,
    end: Option<(usize, usize)>,
}

fn block(text: &str) -> Option<Block> {
    let first = text.split_inclusive('\n').next()?;
    let (fence, closes) = FENCES.into_iter().find(|(fence, _)| first.trim_end() == *fence)?;
    let start = first.len();
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if closes.contains(&line.trim_end()) {
            return Some(Block { fence, start, end: Some((at, at + line.len())) });
        }
        at += line.len();
        if at > BYTES_MAX {
            break;
        }
    }
    Some(Block { fence, start, end: None })
}

/// What front matter says, by names in lower case, and the text behind it. Text without any says nothing.
pub fn split(text: &str) -> Result<(Value, &str), Refusal> {
    let Some(Block { fence, start, end }) = block(text) else { return json(text) };
    let Some((end, rest)) = end else {
        let why = format!("no line of `{fence}` ends the block that begins there, within 32 KiB");
        return Err(refusal(1, &why));
    };
    let (block, rest) = (&text[start..end], &text[rest..]);
    let value = if fence == "+++" { toml(block)? } else { yaml(block)? };
    match value {
        Value::Map(_) => Ok((value, rest)),
        // An empty block is how Jekyll is told that a page is its own.
        Value::Nothing => Ok((Value::Map(Vec::new()), rest)),
        _ => Err(refusal(2, "it is no list of names and values, as `title: High tide`")),
    }
}

fn yaml(block: &str) -> Result<Value, Refusal> {
    let reader = serde_yaml_ng::Deserializer::from_str(block);
    Bounded::default().deserialize(reader).map_err(|error| {
        // The fence is the first line of the document.
        let line = error.location().map_or(1, |location| location.line() + 1);
        refusal(line, &format!("it is no YAML: {error}"))
    })
}

fn toml(block: &str) -> Result<Value, Refusal> {
    let parsed = toml::Deserializer::parse(block).and_then(|reader| Bounded::default().deserialize(reader));
    parsed.map_err(|error| {
        let before = error.span().map_or(0, |span| span.start.min(block.len()));
        let line = block.as_bytes()[..before].iter().filter(|byte| **byte == b'\n').count() + 2;
        refusal(line, &format!("it is no TOML: {}", error.message()))
    })
}

/// Hugo takes a JSON object as well, without any fence.
fn json(text: &str) -> Result<(Value, &str), Refusal> {
    let inner = text.strip_prefix('{').map(str::trim_start);
    // A shortcode or a set in curly brackets begins a text, not an object.
    if !inner.is_some_and(|inner| inner.starts_with(['"', '}'])) {
        return Ok((Value::Map(Vec::new()), text));
    }
    let mut head = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let invalid = |error: serde_json::Error| refusal(error.line(), &format!("it is no JSON: {error}"));
    let object = head.next().transpose().map_err(invalid)?.map_or("{}", RawValue::get);
    let rest = &text[head.byte_offset()..];
    if object.len() > BYTES_MAX {
        return Err(refusal(1, "it has more than 32 KiB"));
    }
    let mut reader = serde_json::Deserializer::from_str(object);
    Ok((Bounded::default().deserialize(&mut reader).map_err(invalid)?, rest))
}

fn refusal(line: usize, why: &str) -> Refusal {
    Refusal::new(RefusalKind::Malformed, format!("the front matter, line {line}"), why)
}
