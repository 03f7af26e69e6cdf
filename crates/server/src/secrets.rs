//! The secrets that a data directory keeps: made once, readable by their owner alone.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::elliptic_curve::sec1::ToEncodedPoint;

/// The name of the file in the data directory.
pub(crate) const FILE_NAME: &str = "secrets.toml";

/// 32 secret bytes. `Debug` hides them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KeyBytes([u8; 32]);

impl KeyBytes {
    /// Reads a key from base64url without padding.
    ///
    /// # Errors
    /// A text that says what a key looks like, and nothing of the one given.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')).ok();
        let key = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        key.map(Self).ok_or_else(|| "it must be 32 bytes in base64url, that is 43 characters".to_owned())
    }

    /// Makes a key from the system's source of randomness.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub(crate) fn random() -> anyhow::Result<Self> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).context("the system gives no random numbers")?;
        Ok(Self(bytes))
    }

    /// Reveals the bytes.
    pub(crate) fn reveal(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reveals the key as base64url, for the file or a one-time link.
    pub(crate) fn reveal_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl fmt::Debug for KeyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyBytes(…)")
    }
}

/// What `secrets.toml` holds.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    /// Signs access tokens.
    pub(crate) signing_key: KeyBytes,
    /// The private half of the key pair by which push services know this server (VAPID, RFC 8292): a P-256
    /// scalar, big endian. The public half stands in the file too, and follows from it.
    pub(crate) vapid_private_key: KeyBytes,
}

impl Secrets {
    /// Makes new secrets without writing them anywhere.
    ///
    /// # Errors
    /// If the system has no randomness to give.
    pub(crate) fn generate() -> anyhow::Result<Self> {
        // Almost every 32 bytes are a scalar of P-256: about one in four billion isn't.
        let vapid_private_key = loop {
            let candidate = KeyBytes::random()?;
            if vapid_public_key(&candidate).is_ok() {
                break candidate;
            }
        };
        Ok(Self { signing_key: KeyBytes::random()?, vapid_private_key })
    }

    /// Reads the secrets of a data directory, or makes them at its first start. The caller holds the
    /// directory's lock.
    ///
    /// # Errors
    /// If others may read the file, or if it can't be read, understood or written.
    pub(crate) fn load_or_create(data_dir: &Path) -> anyhow::Result<Self> {
        let path = data_dir.join(FILE_NAME);
        if path.try_exists().with_context(|| format!("{} can't be looked at", path.display()))? {
            return Self::load(&path);
        }
        let secrets = Self::generate()?;
        secrets.write(data_dir).with_context(|| format!("{} can't be written", path.display()))?;
        Ok(secrets)
    }

    fn load(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let mode = fs::metadata(path).with_context(|| format!("{shown} can't be looked at"))?.permissions().mode();
        let others = mode & 0o077;
        ensure!(
            others == 0,
            "{shown} may be read by others on this machine (mode {:o}); correct it with: chmod 600 {shown}",
            mode & 0o777
        );
        let text = fs::read_to_string(path).with_context(|| format!("{shown} can't be read"))?;
        // The parser's own message would show the line.
        let Ok(table) = text.parse::<toml::Table>() else { bail!("{shown} is damaged: it isn't TOML") };
        let key = |name: &str| {
            let text = table.get(name).and_then(toml::Value::as_str);
            let text = text.with_context(|| format!("{shown} is damaged: it lacks {name}"))?;
            KeyBytes::parse(text).map_err(|reason| anyhow::anyhow!("{shown}: {name}: {reason}"))
        };
        let secrets = Self { signing_key: key("signing_key")?, vapid_private_key: key("vapid_private_key")? };
        let public = vapid_public_key(&secrets.vapid_private_key)
            .with_context(|| format!("{shown}: vapid_private_key is not a P-256 key"))?;
        let written = table.get("vapid_public_key").and_then(toml::Value::as_str);
        ensure!(
            written == Some(public.as_str()),
            "{shown}: vapid_public_key does not belong to vapid_private_key; it should be {public}"
        );
        Ok(secrets)
    }

    /// Writes the file beside its place and moves it there, so that no half of it is ever seen.
    fn write(&self, data_dir: &Path) -> anyhow::Result<()> {
        let text = format!(
            "# Made by Chinwag at its first start. Whoever has this file can sign in as anybody: keep it to yourself,\n\
             # and keep a copy. All nodes of a cluster need the same.\n\
             signing_key = \"{}\"\n\
             vapid_private_key = \"{}\"\n\
             vapid_public_key = \"{}\"\n",
            self.signing_key.reveal_text(),
            self.vapid_private_key.reveal_text(),
            vapid_public_key(&self.vapid_private_key)?,
        );
        let temporary = data_dir.join(format!("{FILE_NAME}.new"));
        // Left behind by a start that was cut off.
        _ = fs::remove_file(&temporary);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, data_dir.join(FILE_NAME))?;
        File::open(data_dir)?.sync_all()?;
        Ok(())
    }
}

/// Gives the public half of a VAPID key pair: the uncompressed point (65 bytes) in base64url, as browsers take
/// it.
fn vapid_public_key(private: &KeyBytes) -> anyhow::Result<String> {
    let secret = p256::SecretKey::from_slice(private.reveal()).map_err(|_| anyhow::anyhow!("not a scalar of P-256"))?;
    let point = secret.public_key().to_encoded_point(false);
    Ok(URL_SAFE_NO_PAD.encode(point.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_made_once_and_read_back() {
        let place = tempfile::tempdir().unwrap();
        let made = Secrets::load_or_create(place.path()).unwrap();
        let read = Secrets::load_or_create(place.path()).unwrap();
        assert_eq!(made.signing_key, read.signing_key);
        assert_eq!(made.vapid_private_key, read.vapid_private_key);
        assert_ne!(made.signing_key, made.vapid_private_key);
    }

    #[test]
    fn a_file_that_others_may_read_is_refused_with_what_to_do() {
        let place = tempfile::tempdir().unwrap();
        Secrets::load_or_create(place.path()).unwrap();
        let path = place.path().join(FILE_NAME);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = Secrets::load_or_create(place.path()).unwrap_err().to_string();
        assert!(error.contains("mode 640") && error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn a_damaged_file_is_refused_without_showing_it() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join(FILE_NAME);
        for text in ["signing_key = \"tooshort\"", "signing_key = unquoted-secret", ""] {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let error = format!("{:#}", Secrets::load_or_create(place.path()).unwrap_err());
            assert!(!error.contains("tooshort") && !error.contains("unquoted"), "{error}");
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let secrets = Secrets::generate().unwrap();
        assert!(!format!("{secrets:?}").contains(&secrets.signing_key.reveal_text()));
        assert!(!format!("{secrets:?}").contains(&format!("{:?}", secrets.signing_key.reveal())));
    }

    #[test]
    fn the_public_key_of_a_known_private_key_is_the_known_one() {
        // RFC 8291, section 5: the application server's ephemeral key pair.
        let private = KeyBytes::parse("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").unwrap();
        let public = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
        assert_eq!(vapid_public_key(&private).unwrap(), public);
    }
}
