//! The reactions to a message as one column.

use domain::model::{Emoji, Id, Reaction, Reactions, UserId};

use crate::error::{Failure, corrupt};

/// Gives the column of a message; nothing if nobody reacted. For each emoji: its length in a byte, the emoji, how many
/// reacted in four bytes (the lowest first), and their ids.
pub(crate) fn encode(reactions: &Reactions) -> Result<Option<Vec<u8>>, Failure> {
    if reactions.is_empty() {
        return Ok(None);
    }
    let mut column = Vec::new();
    for reaction in reactions.as_slice() {
        let emoji = reaction.emoji.as_str().as_bytes();
        let users = u32::try_from(reaction.users.len()).map_err(|_| corrupt("more reactions than can be stored"))?;
        column.push(u8::try_from(emoji.len()).map_err(|_| corrupt("an emoji longer than can be stored"))?);
        column.extend_from_slice(emoji);
        column.extend_from_slice(&users.to_le_bytes());
        column.extend(reaction.users.iter().flat_map(|user| user.id().to_bytes()));
    }
    Ok(Some(column))
}

/// Reads the column of a message.
pub(crate) fn decode(column: Option<&[u8]>) -> Result<Reactions, Failure> {
    let mut reactions = Vec::new();
    let mut rest = column.unwrap_or_default();
    while !rest.is_empty() {
        let (reaction, left) = first(rest).ok_or_else(|| corrupt("reactions that can't be read"))?;
        reactions.push(reaction);
        rest = left;
    }
    if column.is_some() && reactions.is_empty() {
        return Err(corrupt("reactions of nobody"));
    }
    Ok(Reactions::from_stored(reactions))
}

fn first(column: &[u8]) -> Option<(Reaction, &[u8])> {
    let (length, rest) = column.split_first()?;
    let (text, rest) = rest.split_at_checked(usize::from(*length))?;
    let text = std::str::from_utf8(text).ok()?;
    let emoji = Emoji::parse(text).ok().filter(|emoji| emoji.as_str() == text)?;
    let (users, rest) = rest.split_first_chunk::<4>()?;
    let users = usize::try_from(u32::from_le_bytes(*users)).ok().filter(|users| *users > 0)?;
    let (ids, rest) = rest.split_at_checked(users.checked_mul(12)?)?;
    let users = ids.as_chunks::<12>().0.iter().map(|id| UserId::new(Id::from_bytes(*id))).collect();
    Some((Reaction { emoji, users }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u8) -> UserId {
        UserId::new(Id::from_bytes([number; 12]))
    }

    fn some() -> Reactions {
        let [heart, family] = ["❤️", "👨‍👩‍👧‍👦"].map(|text| Emoji::parse(text).unwrap());
        let steps = [(family, 5), (heart, 1), (family, 2)];
        steps.into_iter().fold(Reactions::default(), |reactions, (emoji, by)| reactions.with(emoji, user(by)).unwrap())
    }

    #[test]
    fn reactions_read_back_in_their_order() {
        for reactions in [Reactions::default(), some()] {
            assert_eq!(decode(encode(&reactions).unwrap().as_deref()).unwrap(), reactions);
        }
    }

    #[test]
    fn what_was_not_written_here_is_not_read() {
        let whole = encode(&some()).unwrap().unwrap();
        for length in 1..whole.len() {
            // Only after the whole first reaction there may be an end.
            let first = 1 + usize::from(whole[0]) + 4 + 24;
            assert_eq!(decode(Some(&whole[..length])).is_ok(), length == first, "the first {length} bytes");
        }
        assert!(decode(Some(&[])).is_err() && decode(Some(b"\x01a\x00\x00\x00\x00")).is_err());
    }
}
