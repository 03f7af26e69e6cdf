//! Reads fields one after the other and collects every fault, so that a client hears of all at once.

use domain::{ErrorCode, UseCaseError};
use protocol::FieldFaultDto;
use serde_json::{Map, Value};

use crate::problem::Problem;

/// The fields of a request and what is wrong with them.
#[derive(Debug)]
pub(crate) struct Fields {
    values: Map<String, Value>,
    /// What stands before a field's name where faults point at it.
    prefix: &'static str,
    faults: Vec<FieldFaultDto>,
}

impl Fields {
    /// Takes the keys of a body.
    pub(crate) fn of_body(values: Map<String, Value>) -> Self {
        Self { values, prefix: "/", faults: Vec::new() }
    }

    /// Takes the parameters of a query string; of repeated ones the first.
    pub(crate) fn of_query(query: &str) -> Self {
        Self { values: pairs(query.as_bytes()), prefix: "?", faults: Vec::new() }
    }

    /// Takes the fields of a form; of repeated ones the first.
    pub(crate) fn of_form(body: &[u8]) -> Self {
        Self { values: pairs(body), prefix: "/", faults: Vec::new() }
    }

    /// Reads a text that has to be there.
    pub(crate) fn required<T, E: UseCaseError>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.text(name)? {
            Some(text) => self.parsed(name, parse(&text)),
            None => self.fault(name, ErrorCode::Invalid, "is required"),
        }
    }

    /// Reads a text that may be absent or null; the outer nothing is a fault.
    #[expect(clippy::option_option, reason = "a fault and an absent field are different things")]
    pub(crate) fn optional<T, E: UseCaseError>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match self.text(name)? {
            Some(text) => self.parsed(name, parse(&text)).map(Some),
            None => Some(None),
        }
    }

    /// Reads a whole number that may be absent; one that is too large for us becomes the largest.
    #[expect(clippy::option_option, reason = "a fault and an absent field are different things")]
    pub(crate) fn number(&mut self, name: &'static str) -> Option<Option<u64>> {
        let Some(text) = self.text(name)? else {
            return Some(None);
        };
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.fault(name, ErrorCode::Invalid, "must be a whole number, 0 or greater");
        }
        Some(Some(text.parse().unwrap_or(u64::MAX)))
    }

    /// Reads a whole number of a JSON body that has to be there.
    pub(crate) fn required_integer<T, E: UseCaseError>(
        &mut self,
        name: &'static str,
        check: impl FnOnce(u64) -> Result<T, E>,
    ) -> Option<T> {
        match self.integer(name)? {
            Some(number) => self.parsed(name, check(number)),
            None => self.fault(name, ErrorCode::Invalid, "is required"),
        }
    }

    /// Reads a whole number of a JSON body that may be absent or null; the outer nothing is a fault.
    #[expect(clippy::option_option, reason = "a fault and an absent field are different things")]
    pub(crate) fn optional_integer<T, E: UseCaseError>(
        &mut self,
        name: &'static str,
        check: impl FnOnce(u64) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match self.integer(name)? {
            Some(number) => self.parsed(name, check(number)).map(Some),
            None => Some(None),
        }
    }

    /// Reads `true` or `false` of a JSON body; nothing if it is absent or null, the outer nothing is a fault.
    #[expect(clippy::option_option, reason = "a fault and an absent field are different things")]
    pub(crate) fn flag(&mut self, name: &'static str) -> Option<Option<bool>> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Some(None),
            Some(Value::Bool(flag)) => Some(Some(flag)),
            Some(_) => self.fault(name, ErrorCode::Invalid, "must be true or false"),
        }
    }

    /// Reads an object of a JSON body that may be absent or null; `prefix` is what stands before its keys in faults.
    #[expect(clippy::option_option, reason = "a fault and an absent field are different things")]
    pub(crate) fn object<T>(
        &mut self,
        name: &'static str,
        prefix: &'static str,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Some(None),
            Some(Value::Object(values)) => {
                let mut inner = Self { values, prefix, faults: Vec::new() };
                let found = read(&mut inner);
                self.faults.append(&mut inner.faults);
                found.map(Some)
            }
            Some(_) => self.fault(name, ErrorCode::Invalid, "must be an object"),
        }
    }

    /// Tells whether a field is there, be it null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Notes that a field has a fault.
    pub(crate) fn fault<T>(&mut self, name: &str, code: ErrorCode, detail: impl Into<String>) -> Option<T> {
        let pointer = format!("{}{name}", self.prefix);
        self.faults.push(FieldFaultDto { pointer, code: code.as_str().to_owned(), detail: detail.into() });
        None
    }

    /// Notes a fault in a header.
    pub(crate) fn header_fault<T, E: UseCaseError>(&mut self, name: &str, error: &E) -> Option<T> {
        let (code, detail) = (error.code().as_str().to_owned(), error.to_string());
        self.faults.push(FieldFaultDto { pointer: name.to_owned(), code, detail });
        None
    }

    /// Gives what was read.
    ///
    /// # Errors
    /// Every fault that was found.
    pub(crate) fn finish<T>(self, read: Option<T>) -> Result<T, Problem> {
        match read {
            Some(read) if self.faults.is_empty() => Ok(read),
            None if self.faults.is_empty() => Err(Problem::internal("a field is missing without a fault")),
            _ => Err(Problem::invalid(self.faults)),
        }
    }

    #[expect(clippy::option_option, reason = "a fault and an absent field are different things")]
    fn text(&mut self, name: &'static str) -> Option<Option<String>> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Some(None),
            Some(Value::String(text)) => Some(Some(text)),
            Some(_) => self.fault(name, ErrorCode::Invalid, "must be a text"),
        }
    }

    #[expect(clippy::option_option, reason = "a fault and an absent field are different things")]
    fn integer(&mut self, name: &'static str) -> Option<Option<u64>> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Some(None),
            Some(value) => match value.as_u64() {
                Some(number) => Some(Some(number)),
                None => self.fault(name, ErrorCode::Invalid, "must be a whole number, 0 or greater"),
            },
        }
    }

    fn parsed<T, E: UseCaseError>(&mut self, name: &str, parsed: Result<T, E>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => self.fault(name, error.code(), error.to_string()),
        }
    }
}

fn pairs(encoded: &[u8]) -> Map<String, Value> {
    let mut values = Map::new();
    for (name, value) in url::form_urlencoded::parse(encoded) {
        values.entry(name).or_insert_with(|| Value::String(value.into_owned()));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::model::{EmailAddress, Password, Username};
    use serde_json::json;

    #[test]
    fn every_fault_is_named_at_once() {
        let Value::Object(body) = json!({"username": "a b", "password": 5, "email": "x"}) else { unreachable!() };
        let mut fields = Fields::of_body(body);
        let name = fields.required("username", Username::parse);
        let password = fields.required("password", |text| Password::parse(text));
        let email = fields.optional("email", EmailAddress::parse);
        let pointers: Vec<_> = fields.faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/username", "/password", "/email"]);
        assert!(fields.finish(name.zip(password).zip(email)).is_err());
    }

    #[test]
    fn numbers_beyond_ours_are_the_largest_and_others_are_faults() {
        let mut fields = Fields::of_query("limit=99999999999999999999999&before=-1&after=");
        assert_eq!(fields.number("limit"), Some(Some(u64::MAX)));
        assert_eq!(fields.number("before"), None);
        assert_eq!(fields.number("after"), None);
        assert_eq!(fields.number("around"), Some(None));
    }

    #[test]
    fn numbers_flags_and_objects_of_a_body_are_of_their_type() {
        let body = json!({"seq": 7, "half": 0.5, "text": "7", "on": true, "off": 0, "inner": {"on": 1}, "list": []});
        let Value::Object(body) = body else { unreachable!() };
        let mut fields = Fields::of_body(body);
        let any = Ok::<u64, domain::model::InvalidValue>;
        assert_eq!(fields.required_integer("seq", any), Some(7));
        assert_eq!(fields.optional_integer("absent", any), Some(None));
        assert_eq!(fields.flag("on"), Some(Some(true)));
        assert_eq!(fields.required_integer("half", any), None);
        assert_eq!(fields.optional_integer("text", any), None);
        assert_eq!(fields.flag("off"), None);
        assert_eq!(fields.object("inner", "/inner/", |inner| inner.flag("on")), None);
        assert_eq!(fields.object("list", "/list/", |inner| inner.flag("on")), None);
        let pointers: Vec<_> = fields.faults.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["/half", "/text", "/off", "/inner/on", "/list"]);
    }
}
