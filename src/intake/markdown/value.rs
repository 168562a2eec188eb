//! A value of front matter, whatever it was written in, and never more of it than is reasonable.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Nothing,
    Truth(bool),
    /// Dates and numbers as well: as they were written.
    Text(String),
    List(Vec<Value>),
    /// By names in lower case.
    Map(Vec<(String, Value)>),
}

/// How much front matter may come to, in bytes, with some for each value. YAML can name a value and repeat it, and
/// what repeats repetitions grows without end.
const COST_MAX: usize = 256 << 10;
const VALUE_COST: usize = 32;
/// How deep values may lie in each other.
const DEPTH_MAX: usize = 32;

/// Reads a [`Value`] within bounds.
#[derive(Clone, Default)]
pub struct Bounded {
    cost: Rc<Cell<usize>>,
    depth: usize,
}

impl Bounded {
    fn spend<E: Error>(&self, bytes: usize) -> Result<(), E> {
        self.cost.set(self.cost.get() + VALUE_COST + bytes);
        if self.cost.get() > COST_MAX || self.depth > DEPTH_MAX {
            return Err(E::custom("it comes to more than front matter may (repeated or nested without end)"));
        }
        Ok(())
    }

    fn text<E: Error>(self, text: impl Into<String>) -> Result<Value, E> {
        let text = text.into();
        self.spend(text.len())?;
        Ok(Value::Text(text))
    }

    fn inner(&self) -> Bounded {
        Bounded { cost: self.cost.clone(), depth: self.depth + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for Bounded {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.spend(0).map(|()| Value::Nothing)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        self.visit_unit()
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.spend(0).map(|()| Value::Truth(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.text(value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.text(value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.text(value.to_string())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.text(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.spend(0)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self.inner())? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.spend(0)?;
        let mut map = Vec::new();
        while let Some(name) = entries.next_key_seed(self.inner())? {
            let value = entries.next_value_seed(self.inner())?;
            // What is named by a list is not for us to understand.
            let Value::Text(name) = name else { continue };
            // So the TOML library hands over a date.
            if name.starts_with("$__toml") {
                return Ok(value);
            }
            map.push((name.to_lowercase(), value));
        }
        Ok(Value::Map(map))
    }
}

impl Value {
    /// What stands under `name`, which is in lower case.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Map(map) => map.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, where it is one that says anything.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// The values of a list; a value by itself is a list of one.
    pub fn list(&self) -> &[Value] {
        match self {
            Value::List(list) => list,
            Value::Nothing => &[],
            one => std::slice::from_ref(one),
        }
    }
}
