//! The messages that the programs say, read from their sources: Rust, the console's pages, and the face.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    slice,
    str::FromStr as _,
};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A message where it is said.
#[derive(Debug)]
pub struct Used {
    pub context: String,
    pub japanese: String,
    /// The names of the places that are filled; none where that is not said beside the message.
    pub places: Option<BTreeSet<String>>,
    pub is_plural: bool,
    /// File and line.
    pub at: String,
}

/// What was found in the sources.
#[derive(Debug, Default)]
pub struct Sources {
    pub used: Vec<Used>,
    /// Where a Japanese text and one in Latin letters stand side by side.
    pub pairs: Vec<String>,
    /// Where a page says something in Japanese that is no message.
    pub bare: Vec<String>,
    file: String,
}

/// Reads everything below the root of the repository.
pub fn read(root: &Path) -> Sources {
    let mut sources = Sources::default();
    for path in files(&root.join("src"))
        .into_iter()
        .chain(files(&root.join("ui")))
    {
        let text = || fs::read_to_string(&path).expect("the file can be read");
        sources.file = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .display()
            .to_string();
        match path.extension().and_then(|it| it.to_str()) {
            // What tests say is not said to people.
            Some("rs") if !sources.file.contains("tests") => {
                let tokens = TokenStream::from_str(&text());
                sources.tokens(
                    tokens.unwrap_or_else(|why| panic!("{}: {why}", sources.file)),
                    0,
                );
            }
            Some("html") => sources.page(&text()),
            Some("slint") => sources.face(&text()),
            _ => {}
        }
    }
    sources
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)
        .expect("the folder can be read")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            found.append(&mut files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn is_japanese(text: &str) -> bool {
    text.chars()
        .any(|it| matches!(it, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'))
}

fn is_latin(text: &str) -> bool {
    !is_japanese(text) && text.chars().filter(char::is_ascii_alphabetic).count() > 1
}

/// The text of a literal, if it is one.
fn text_of(tokens: &[TokenTree]) -> Option<String> {
    match tokens {
        [TokenTree::Literal(literal)] => {
            let text: syn::LitStr = syn::parse_str(&literal.to_string()).ok()?;
            Some(text.value())
        }
        _ => None,
    }
}

fn arguments(group: &Group) -> Vec<Vec<TokenTree>> {
    let mut all = vec![Vec::new()];
    for token in group.stream() {
        match &token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => all.push(Vec::new()),
            _ => all.last_mut().expect("there is one").push(token),
        }
    }
    all.retain(|it| !it.is_empty());
    all
}

/// `"message"`, or `"connection" => "message"`.
fn message_of(argument: &[TokenTree]) -> Option<(String, String)> {
    match argument {
        [
            context,
            TokenTree::Punct(_),
            TokenTree::Punct(arrow),
            japanese,
        ] if arrow.as_char() == '>' => {
            let (context, japanese) = (context.clone(), japanese.clone());
            Some((text_of(&[context])?, text_of(&[japanese])?))
        }
        _ => Some((String::new(), text_of(argument)?)),
    }
}

impl Sources {
    fn tokens(&mut self, tokens: TokenStream, first_line: usize) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        self.pairs_among(&tokens, first_line);
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at..] {
                // The tests of a file.
                [
                    TokenTree::Punct(_),
                    TokenTree::Group(cfg),
                    TokenTree::Ident(module),
                    _,
                    TokenTree::Group(_),
                    ..,
                ] if cfg.to_string() == "[cfg (test)]" && module == "mod" => {
                    at += 5;
                    continue;
                }
                [
                    TokenTree::Ident(name),
                    TokenTree::Punct(mark),
                    TokenTree::Group(group),
                    ..,
                ] if mark.as_char() == '!' => {
                    self.call(&name.to_string(), group, true, first_line);
                }
                [TokenTree::Ident(name), TokenTree::Group(group), ..]
                    if group.delimiter() == Delimiter::Parenthesis =>
                {
                    self.call(&name.to_string(), group, false, first_line);
                }
                _ => {}
            }
            if let TokenTree::Group(group) = &tokens[at] {
                self.tokens(group.stream(), first_line);
            }
            at += 1;
        }
    }

    fn call(&mut self, name: &str, group: &Group, is_macro: bool, first_line: usize) {
        let arguments = arguments(group);
        let text = |at: usize| text_of(arguments.get(at)?);
        // `frame.tr("…")` has no language before the message.
        let of_a_frame = usize::from(text(0).is_none());
        let found = match (name, is_macro) {
            ("message", false) => text(0).map(|japanese| (String::new(), japanese)),
            ("message_in", false) => text(0).zip(text(1)),
            ("tr" | "tr_with", false) => text(of_a_frame).map(|it| (String::new(), it)),
            ("tr_in", false) => text(of_a_frame).zip(text(of_a_frame + 1)),
            ("tr", true) => arguments.get(1).and_then(|it| message_of(it)),
            ("trn", true) => arguments.get(2).and_then(|it| message_of(it)),
            _ => None,
        };
        let Some((context, japanese)) = found else {
            return;
        };
        let names = match (name, is_macro) {
            ("tr" | "trn", true) => Some(arguments.iter().skip(if name == "tr" { 2 } else { 3 })),
            _ => None,
        };
        let places = names.map(|names| {
            let names = names.filter_map(|it| it.first());
            names.map(ToString::to_string).collect()
        });
        let line = first_line + group.span_open().start().line;
        self.used.push(Used {
            context,
            japanese,
            places,
            is_plural: name == "trn",
            at: format!("{}:{line}", self.file),
        });
    }

    fn pairs_among(&mut self, tokens: &[TokenTree], first_line: usize) {
        for three in tokens.windows(3) {
            let [one, TokenTree::Punct(comma), other] = three else {
                continue;
            };
            let texts = text_of(slice::from_ref(one)).zip(text_of(slice::from_ref(other)));
            // What columns are called in the files of publishers is nothing that is said to people.
            if comma.as_char() == ','
                && !self.file.starts_with("src/sources/open_data")
                && texts.is_some_and(|(one, other)| is_japanese(&one) && is_latin(&other))
            {
                let line = first_line + one.span().start().line;
                self.pairs
                    .push(format!("{}:{line}: {one}, {other}", self.file));
            }
        }
    }

    /// A page: what stands in its braces is Rust.
    fn page(&mut self, page: &str) {
        let mut rest = page;
        let line_of = |rest: &str| page[..page.len() - rest.len()].matches('\n').count();
        while let Some(begin) = rest.find(['{']) {
            let (before, after) = rest.split_at(begin);
            self.bare_words(before, line_of(rest));
            let ends = match after.as_bytes().get(1) {
                Some(b'{') => "}}",
                Some(b'%') => "%}",
                Some(b'#') => "#}",
                _ => {
                    rest = &after[1..];
                    continue;
                }
            };
            let Some(end) = after.find(ends) else { break };
            let code = after[2..end].trim_matches('-');
            if ends != "#}" {
                let tokens = TokenStream::from_str(code);
                let line = line_of(after);
                self.tokens(
                    tokens.unwrap_or_else(|why| panic!("{}:{line}: {why}", self.file)),
                    line,
                );
            }
            rest = &after[end + 2..];
        }
        self.bare_words(rest, line_of(rest));
    }

    fn bare_words(&mut self, text: &str, line: usize) {
        if is_japanese(text) {
            let text = text.trim();
            self.bare
                .push(format!("{}:{}: {text}", self.file, line + 1));
        }
    }

    /// The face: `@tr("…")`, `@tr("connection" => "…")`.
    fn face(&mut self, face: &str) {
        let mut rest = face;
        while let Some((before, after)) = rest.split_once("@tr(") {
            let at = face.len() - rest.len() + before.len();
            let line = face[..at].matches('\n').count() + 1;
            let mut literals = after.split('"');
            let (_, first) = (literals.next(), literals.next().unwrap_or_default());
            let between = literals.next().unwrap_or_default();
            let (context, japanese) = if between.trim() == "=>" {
                (first, literals.next().unwrap_or_default())
            } else {
                ("", first)
            };
            self.used.push(Used {
                context: context.to_owned(),
                japanese: japanese.to_owned(),
                places: None,
                is_plural: between.trim_start().starts_with('|'),
                at: format!("{}:{line}", self.file),
            });
            rest = after;
        }
    }
}
