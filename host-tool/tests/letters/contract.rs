//! Every language has the same messages with the same variables.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement, Resource, Variant,
    VariantKey,
};
use host_tool::letters::{Language, language};

/// Where custom differs: some languages name the organisation or the server in the salutation.
const VARIABLES_DIFFER: [&str; 2] = ["salutation", "salutation-named"];

type Messages = BTreeMap<String, BTreeSet<String>>;

#[test]
fn every_language_has_the_same_messages_and_variables() {
    let english = messages(Language::En);
    assert!(english.len() > 50);
    for language in Language::ALL {
        let other = messages(language);
        let ids = |messages: &Messages| messages.keys().cloned().collect::<Vec<_>>();
        assert_eq!(ids(&other), ids(&english), "{language}");
        for (id, variables) in &english {
            if !VARIABLES_DIFFER.contains(&id.as_str()) {
                assert_eq!(other.get(id), Some(variables), "{language}, {id}");
            }
        }
    }
}

/// A variant, and the most formal address, replace messages that there are, with the same variables.
#[test]
fn overlays_replace_what_is_there() {
    let overlays = Language::VARIANTS
        .into_iter()
        .filter_map(|variant| Some((variant.base(), language::overlay_file(variant)?)))
        .chain(
            Language::ALL
                .into_iter()
                .filter_map(|own| Some((own, language::formal_file(own)?))),
        );
    let mut seen = 0;
    for (base, (file, text)) in overlays {
        let base = messages(base);
        for (id, variables) in read(&[(file, text)]) {
            assert_eq!(base.get(&id), Some(&variables), "{file}, {id}");
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen} messages");
}

#[test]
fn plurals_have_the_classes_of_their_language() {
    for language in Language::ALL {
        let needed: &[&str] = match language {
            Language::Pl => &["one", "few", "other"],
            _ => &["one", "other"],
        };
        for (file, text) in language::message_files(language) {
            let resource = parse(file, text);
            for entry in &resource.body {
                let Entry::Message(message) = entry else {
                    continue;
                };
                let Some(pattern) = &message.value else {
                    continue;
                };
                for element in &pattern.elements {
                    let PatternElement::Placeable {
                        expression: Expression::Select { selector, variants },
                    } = element
                    else {
                        continue;
                    };
                    let keys: Vec<&str> = variants
                        .iter()
                        .map(|variant| match &variant.key {
                            VariantKey::Identifier { name } => *name,
                            VariantKey::NumberLiteral { value } => *value,
                        })
                        .collect();
                    let InlineExpression::VariableReference { id } = selector else {
                        panic!(
                            "{file}, {}: a selector that is no variable",
                            message.id.name
                        );
                    };
                    if ["count", "answered"].contains(&id.name) {
                        for class in needed {
                            if *class != "few" || has_three_plurals(variants, id.name) {
                                assert!(
                                    keys.contains(class),
                                    "{file}, {}: no plural `{class}` of ${}",
                                    message.id.name,
                                    id.name
                                );
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether Polish tells few from many here: where the number is shown, unless the noun after it
/// stands in a case whose plural is the same for all (`2 adresami`, `5 adresami`).
fn has_three_plurals(variants: &[Variant<&str>], variable: &str) -> bool {
    let Some(last) = variants.last() else {
        return false;
    };
    last.value.elements.windows(2).any(|pair| {
        let [
            PatternElement::Placeable { expression },
            PatternElement::TextElement { value },
        ] = pair
        else {
            return false;
        };
        let mut shown = BTreeSet::new();
        expression_variables(expression, &mut shown);
        let noun = value.trim_start_matches(['~', ' ']);
        let noun = noun.split(|letter: char| !letter.is_alphabetic()).next();
        let is_oblique = noun.is_some_and(|noun| {
            ["ami", "ach", "om"]
                .iter()
                .any(|ending| noun.ends_with(ending))
        });
        shown.contains(variable) && !is_oblique
    })
}

fn messages(language: Language) -> Messages {
    read(&language::message_files(language))
}

fn read(files: &[(&str, &str)]) -> Messages {
    let mut messages = Messages::new();
    for (file, text) in files {
        let resource = parse(file, text);
        for entry in &resource.body {
            match entry {
                Entry::Message(message) => {
                    let name = message.id.name.to_owned();
                    let pattern = message
                        .value
                        .as_ref()
                        .unwrap_or_else(|| panic!("{file}: `{name}` says nothing"));
                    let twice = messages.insert(name, variables_of(pattern));
                    assert!(twice.is_none(), "{file}: `{}` twice", message.id.name);
                }
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
                Entry::Term(term) => panic!("{file}: a term, `{}`", term.id.name),
                Entry::Junk { content } => panic!("{file}: cannot be read: {content}"),
            }
        }
    }
    messages
}

fn parse<'a>(file: &str, text: &'a str) -> Resource<&'a str> {
    fluent_syntax::parser::parse(text).unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"))
}

fn variables_of(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            expression_variables(expression, &mut found);
        }
    }
    found
}

fn expression_variables(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Select { selector, variants } => {
            inline_variables(selector, found);
            for variant in variants {
                found.extend(variables_of(&variant.value));
            }
        }
        Expression::Inline(inline) => inline_variables(inline, found),
    }
}

fn inline_variables(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => expression_variables(expression, found),
        InlineExpression::FunctionReference { arguments, .. } => {
            let CallArguments { positional, .. } = arguments;
            for argument in positional {
                inline_variables(argument, found);
            }
        }
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::TermReference { .. } => {}
    }
}

/// No message is left that nothing says: its id, or what follows the kind of letter in it, stands in
/// the program.
#[test]
fn every_message_is_said_by_the_program() {
    let mut sources = String::new();
    let mut folders = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/letters"
    ))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                sources.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for id in messages(Language::En).keys() {
        let stem = ["relay-", "proxy-", "both-"]
            .iter()
            .find_map(|kind| id.strip_prefix(kind));
        let said = |text: &str| sources.contains(&format!("\"{text}\""));
        assert!(said(id) || stem.is_some_and(said), "nothing says `{id}`");
    }
}
