//! URIs without what they must not tell.

/// Replaces the user name and password of a URI by dots. Works on texts that aren't valid URIs too: whatever
/// stands between `://` and the last `@` before the path is taken out.
pub(crate) fn without_credentials(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else { return uri.to_owned() };
    // A password may hold an unescaped `/` or `?`, so that the `@` is looked for in all of the text.
    match rest.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://…@{host}"),
        None => uri.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_password_are_taken_out_of_a_uri() {
        let shown = without_credentials("mongodb://ann:p@ss/w?rd@db.example:27017,other:1/chat?replicaSet=rs0");
        assert_eq!(shown, "mongodb://…@db.example:27017,other:1/chat?replicaSet=rs0");
    }

    #[test]
    fn a_uri_without_credentials_stays_as_it_is() {
        for uri in ["mongodb://127.0.0.1:27017/chat", "sqlite", ""] {
            assert_eq!(without_credentials(uri), uri);
        }
    }
}
