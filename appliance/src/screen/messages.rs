//! What the display says: messages by their names, in each language.
//!
//! In languages read from right to left, isolates keep names and numbers that are put into a message in their own order. In the
//! others they are left out: lines may be broken at them, which would part a number from its unit.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::{Direction, Language};

/// The messages of one language.
pub struct Messages {
    bundle: FluentBundle<FluentResource>,
}

impl Messages {
    /// The messages of `language`; they are parsed when they are first asked for.
    pub fn of(language: Language) -> &'static Self {
        static ALL: [OnceLock<Messages>; Language::ALL.len()] = [const { OnceLock::new() }; Language::ALL.len()];
        ALL[language as usize].get_or_init(|| Self::parse(language))
    }

    /// A message without placeables. A name that no message has is shown as it is, so that a screen never stays empty.
    pub fn say(&self, name: &str) -> String {
        self.say_of(name, [])
    }

    /// A message with its placeables filled.
    pub fn say_of<const N: usize>(&self, name: &str, placeables: [(&'static str, FluentValue<'_>); N]) -> String {
        let Some(pattern) = self.bundle.get_message(name).and_then(|message| message.value()) else {
            return name.to_owned();
        };
        let filled: FluentArgs<'_> = placeables.into_iter().collect();
        // What is wrong in a message shows as its placeable's name; the tests hold every language against English.
        self.bundle.format_pattern(pattern, Some(&filled), &mut Vec::new()).into_owned()
    }

    fn parse(language: Language) -> Self {
        let code = language.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![code]);
        bundle.set_use_isolating(language.direction() == Direction::RightToLeft);
        // What could not be parsed is left out, and shown by its name.
        let resource = FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(parsed, _)| parsed);
        bundle.add_resource_overriding(resource);
        Self { bundle }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

    use super::*;

    /// Every message's name with the names of its placeables.
    fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let resource = fluent_syntax::parser::parse(language.source()).unwrap_or_else(|(_, errors)| {
            panic!("{}.ftl: {errors:?}", language.code());
        });
        let entries = resource.body.into_iter().filter_map(|entry| match entry {
            Entry::Message(message) => Some((message.id.name.to_owned(), placeables(message.value.as_ref().unwrap()))),
            _ => None,
        });
        let all: Vec<_> = entries.collect();
        let named: BTreeMap<_, _> = all.iter().cloned().collect();
        assert_eq!(named.len(), all.len(), "a message of {} is there twice", language.code());
        named
    }

    fn placeables(pattern: &Pattern<&str>) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for element in &pattern.elements {
            match element {
                PatternElement::Placeable {
                    expression: Expression::Inline(InlineExpression::VariableReference { id }),
                } => {
                    names.insert(id.name.to_owned());
                }
                PatternElement::Placeable {
                    expression: Expression::Select { selector: InlineExpression::VariableReference { id }, variants },
                } => {
                    names.insert(id.name.to_owned());
                    variants.iter().for_each(|variant| names.extend(placeables(&variant.value)));
                }
                PatternElement::Placeable { expression } => panic!("not used in our messages: {expression:?}"),
                PatternElement::TextElement { .. } => {}
            }
        }
        names
    }

    #[test]
    fn every_language_says_what_english_says() {
        let english = messages(Language::English);
        for language in Language::ALL {
            let other = messages(language);
            let names = |all: &BTreeMap<String, _>| all.keys().cloned().collect::<BTreeSet<_>>();
            let differing: Vec<_> = names(&english).symmetric_difference(&names(&other)).cloned().collect();
            assert!(differing.is_empty(), "{}.ftl differs in {differing:?}", language.code());
            for (name, placeables) in &english {
                assert_eq!(&other[name], placeables, "{name} of {}.ftl", language.code());
            }
        }
    }

    #[test]
    fn every_message_is_said_somewhere_and_every_name_is_a_message() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/screen");
        let mut sources: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        sources.retain(|path| path.is_file() && path.file_name().is_some_and(|name| name != "messages.rs"));
        let code: String = sources.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
        let english = messages(Language::English);
        let unsaid: Vec<_> = english.keys().filter(|name| !code.contains(&format!("\"{name}\""))).collect();
        assert!(unsaid.is_empty(), "said nowhere: {unsaid:?}");
    }

    #[test]
    fn what_is_put_in_is_isolated_and_numbers_choose_their_form() {
        let arabic = Messages::of(Language::Arabic);
        let said = arabic.say_of("patient", [("number", "A-17".into())]);
        assert!(said.contains("\u{2068}A-17\u{2069}"), "{said}");
        let counts = [1, 2, 5].map(|count| arabic.say_of("study-views", [("count", count.into())]));
        assert!(counts[0] != counts[1] && counts[1] != counts[2], "{counts:?}");
        assert_eq!(arabic.say("no-such-message"), "no-such-message");
    }
}
