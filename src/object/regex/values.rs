//! The objects that matching gives to scripts: Match, Group and Capture. Their member tables live in the .NET room.
use super::{Captures, Match, Regex, Subject};
use crate::member::NetObject;
use crate::string::PsString;
use crate::types::{self, TypeRef};
use std::any::Any;

/// `System.Text.RegularExpressions.Match`; none found is `Match.Empty`.
pub struct MatchValue {
    pub regex: Regex,
    pub subject: Subject,
    pub found: Option<Match>,
}

/// `System.Text.RegularExpressions.Group`
pub struct GroupValue {
    pub name: PsString,
    pub subject: Subject,
    /// All its captures; empty when the group took no part.
    pub captures: Captures,
}

/// `System.Text.RegularExpressions.Capture`
pub struct CaptureValue {
    pub subject: Subject,
    pub start: usize,
    pub end: usize,
}

impl MatchValue {
    /// The group in a slot; a slot beyond the groups gives a group without success.
    pub fn group(&self, slot: usize) -> GroupValue {
        let name = self.regex.groups().get(slot).map_or_else(|| slot.to_string(), |(_, name)| name.clone());
        let captures = self.found.as_ref().and_then(|m| m.groups.get(slot)).cloned().unwrap_or_default();
        GroupValue { name: name.into(), subject: self.subject.clone(), captures }
    }
    pub fn span(&self) -> Option<(usize, usize)> {
        self.found.as_ref().map(Match::span)
    }
}

impl GroupValue {
    /// Start and end of the last capture.
    pub fn span(&self) -> Option<(usize, usize)> {
        self.captures.last().map(|(s, e)| (*s as usize, *e as usize))
    }
}

fn text_at(subject: &Subject, span: Option<(usize, usize)>) -> PsString {
    span.map_or_else(PsString::default, |(start, end)| subject.text_of(start, end))
}

impl NetObject for MatchValue {
    fn type_ref(&self) -> TypeRef {
        &types::MATCH
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(text_at(&self.subject, self.span()))
    }
}
impl NetObject for GroupValue {
    fn type_ref(&self) -> TypeRef {
        &types::GROUP
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(text_at(&self.subject, self.span()))
    }
}
impl NetObject for CaptureValue {
    fn type_ref(&self) -> TypeRef {
        &types::CAPTURE
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn text(&self) -> Option<PsString> {
        Some(self.subject.text_of(self.start, self.end))
    }
}
