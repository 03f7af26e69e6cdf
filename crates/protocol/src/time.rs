//! Times on the wire: RFC 3339 in UTC with milliseconds, ending in `Z`.

use domain::model::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The last moment RFC 3339 can write, 9999-12-31T23:59:59.999Z.
const LAST_MILLIS: i64 = 253_402_300_799_999;
/// The first one, 0000-01-01T00:00:00.000Z.
const FIRST_MILLIS: i64 = -62_167_219_200_000;

/// Writes a time, for example `2026-11-03T09:05:00.120Z`. Times outside the years 0–9999 become the nearest
/// one inside.
pub fn format_time(at: Timestamp) -> String {
    let millis = at.as_millis().clamp(FIRST_MILLIS, LAST_MILLIS);
    let nanos = i128::from(millis) * 1_000_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond()
    )
}

/// Reads a time in RFC 3339; what is finer than milliseconds is dropped. Nothing for any other text.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos().div_euclid(1_000_000)).ok().map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_of_milliseconds_and_end_in_z() {
        assert_eq!(format_time(Timestamp::from_millis(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(format_time(Timestamp::from_millis(-1)), "1969-12-31T23:59:59.999Z");
        assert_eq!(format_time(Timestamp::from_millis(i64::MAX)), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn a_time_reads_back() {
        for millis in [0, -1, 1_762_160_700_120, LAST_MILLIS, FIRST_MILLIS] {
            let at = Timestamp::from_millis(millis);
            assert_eq!(parse_time(&format_time(at)), Some(at), "{millis}");
        }
        assert_eq!(parse_time("yesterday"), None);
    }
}
