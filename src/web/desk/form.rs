//! What a form of the desk sends: fields and files, within bounds (RFC 7578, HTML section 4.10.21).

use bytes::{Buf, Bytes};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Body;
use multer::Multipart;

use crate::web::App;
use crate::web::admission::read_body;
use crate::web::problem::Problem;

/// How much larger a form may be than the largest document: its other fields, and what parts them.
const FIELDS_BYTES_MAX: usize = 256 << 10;
/// As much as three characters for each (`%0A`) in a form that is no multipart.
const ESCAPED_TIMES: usize = 3;
const FIELDS_MAX: usize = 64;

/// The fields of a form, in their order.
#[derive(Debug, Default)]
pub struct Form {
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    name: String,
    /// Of the file that was chosen.
    file: Option<String>,
    bytes: Bytes,
}

impl Form {
    pub async fn read<B>(app: &App, parts: &Parts, body: B) -> Result<Form, Problem>
    where
        B: Body<Data: Buf, Error: std::error::Error + Send + Sync> + Send + 'static,
    {
        let media_type =
            parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(media_type).ok();
        let times = if boundary.is_some() { 1 } else { ESCAPED_TIMES };
        let bytes_max = app.config.intake.bytes_max.saturating_mul(times).saturating_add(FIELDS_BYTES_MAX);
        let bytes = read_body(parts, body, bytes_max).await?;
        match boundary {
            Some(boundary) => Form::multipart(bytes, boundary).await,
            None => Ok(Form::encoded(&bytes)),
        }
    }

    fn encoded(bytes: &[u8]) -> Form {
        let pairs = url::form_urlencoded::parse(bytes).take(FIELDS_MAX);
        let field = |(name, value): (std::borrow::Cow<str>, std::borrow::Cow<str>)| Field {
            name: name.into_owned(),
            file: None,
            bytes: value.into_owned().into(),
        };
        Form { fields: pairs.map(field).collect() }
    }

    async fn multipart(bytes: Bytes, boundary: String) -> Result<Form, Problem> {
        let unreadable = |error: multer::Error| {
            Problem::new(StatusCode::BAD_REQUEST, format!("the form could not be read: {error}"))
        };
        let mut multipart = Multipart::new(Full::new(bytes).into_data_stream(), boundary);
        let mut form = Form::default();
        while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
            if form.fields.len() >= FIELDS_MAX {
                return Err(Problem::new(StatusCode::BAD_REQUEST, "the form has too many fields"));
            }
            let name = field.name().unwrap_or_default().to_string();
            let file = field.file_name().map(String::from);
            let bytes = field.bytes().await.map_err(unreadable)?;
            form.fields.push(Field { name, file, bytes });
        }
        Ok(form)
    }

    /// A field as text with line feeds; empty where it is not there.
    pub fn text(&self, name: &str) -> String {
        let field = self.fields.iter().find(|field| field.name == name && field.file.is_none());
        field.map(|field| String::from_utf8_lossy(&field.bytes).replace("\r\n", "\n")).unwrap_or_default()
    }

    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// A file that was chosen and has anything in it: its name and bytes.
    pub fn file(&self, name: &str) -> Option<(&str, Bytes)> {
        let field = self.fields.iter().find(|field| field.name == name && !field.bytes.is_empty())?;
        Some((field.file.as_deref()?, field.bytes.clone()))
    }
}
