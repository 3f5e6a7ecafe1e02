//! From a publisher's HTML to plain blocks: `ammonia` throws out what is not text or picture,
//! what is left is read in order.

use std::collections::{HashMap, HashSet};

use ego_tree::NodeRef;
use kairan_contract::Block;
use scraper::{Html, Node};

use super::draft::DraftBlock;

/// Blocks of one article; what comes after is left out.
const BLOCK_LIMIT: usize = 300;

/// The elements that carry text or structure.
const TAGS: &[&str] = &[
    "p",
    "br",
    "div",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "pre",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "img",
    "figure",
    "figcaption",
    "hr",
    "ruby",
    "rb",
    "rt",
    "rp",
];

/// Bytes of one article's HTML; what comes after is left out. Deeply nested elements cost the
/// square of their number.
const HTML_LIMIT: usize = 200_000;

/// The blocks of `html`.
pub fn blocks(html: &str) -> Vec<DraftBlock> {
    let html = &html[..html.floor_char_boundary(HTML_LIMIT)];
    let clean = ammonia::Builder::empty()
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(HashSet::from([
            "script", "style", "noscript", "template", "svg", "math",
        ]))
        .tag_attributes(HashMap::from([("img", HashSet::from(["src", "alt"]))]))
        .url_relative(ammonia::UrlRelative::PassThrough)
        .clean(html)
        .to_string();
    let fragment = Html::parse_fragment(&clean);
    let mut writer = Writer::default();
    walk(fragment.tree.root(), &mut writer);
    writer.end_block();
    writer.blocks.truncate(BLOCK_LIMIT);
    writer.blocks
}

/// How the text that is being gathered will stand.
#[derive(Default, Clone, Copy, PartialEq)]
enum Form {
    #[default]
    Paragraph,
    Heading,
    ListItem,
}

#[derive(Default)]
struct Writer {
    blocks: Vec<DraftBlock>,
    text: String,
    form: Form,
}

impl Writer {
    fn end_block(&mut self) {
        let text = tidy(&std::mem::take(&mut self.text));
        if text.is_empty() {
            return;
        }
        self.blocks.push(DraftBlock::Words(match self.form {
            Form::Paragraph => Block::Paragraph { text },
            Form::Heading => Block::Heading { text },
            Form::ListItem => Block::ListItem { text },
        }));
    }
}

/// An explicit stack, because publishers nest as deep as they like.
fn walk(root: NodeRef<Node>, writer: &mut Writer) {
    enum Step<'n> {
        Enter(NodeRef<'n, Node>),
        Leave(Form),
    }
    let mut steps = vec![Step::Enter(root)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Leave(form) => {
                writer.end_block();
                writer.form = form;
            }
            Step::Enter(node) => {
                match node.value() {
                    Node::Text(text) => {
                        writer.text.push_str(&text.replace(['\n', '\r', '\t'], " "));
                    }
                    Node::Element(element) => match element.name() {
                        "br" => writer.text.push('\n'),
                        "td" | "th" => writer.text.push(' '),
                        "rt" | "rp" => continue,
                        "img" => {
                            writer.end_block();
                            if let Some(address) = element.attr("src") {
                                writer.blocks.push(DraftBlock::Picture {
                                    address: address.to_owned(),
                                    alternative: tidy(element.attr("alt").unwrap_or_default()),
                                });
                            }
                        }
                        "ruby" | "rb" | "html" => {}
                        name => {
                            writer.end_block();
                            steps.push(Step::Leave(writer.form));
                            writer.form = match name {
                                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt" => Form::Heading,
                                "li" => Form::ListItem,
                                "p" | "div" | "section" | "article"
                                    if writer.form == Form::ListItem =>
                                {
                                    Form::ListItem
                                }
                                _ => Form::Paragraph,
                            };
                        }
                    },
                    _ => {}
                }
                let children: Vec<_> = node.children().collect();
                steps.extend(children.into_iter().rev().map(Step::Enter));
            }
        }
    }
}

/// Without runs of blanks, and without blank lines at either end.
pub fn tidy(text: &str) -> String {
    let is_unseen = |c: char| {
        c.is_control()
            || ('\u{200b}'..='\u{200f}').contains(&c)
            || c == '\u{2060}'
            || c == '\u{feff}'
    };
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            line.split([' ', '\u{a0}', '\u{3000}'])
                .map(|word| word.chars().filter(|c| !is_unseen(*c)).collect::<String>())
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(html: &str) -> Vec<Block> {
        blocks(html)
            .into_iter()
            .filter_map(|block| match block {
                DraftBlock::Words(block) => Some(block),
                DraftBlock::Picture { .. } => None,
            })
            .collect()
    }
    fn paragraph(text: &str) -> Block {
        Block::Paragraph {
            text: text.to_owned(),
        }
    }

    #[test]
    fn structure_is_kept_and_everything_else_is_thrown_out() {
        let html = "<h2>敬老会</h2><p>九月<b>十五日</b>に<br>ひらきます。</p><ul><li>菓子</li><li><p>茶</p></li></ul>\
            <script>alert(1)</script><style>p{}</style><a href='javascript:x'>申込み</a>";
        assert_eq!(
            words(html),
            [
                Block::Heading {
                    text: "敬老会".into()
                },
                paragraph("九月十五日に\nひらきます。"),
                Block::ListItem {
                    text: "菓子".into()
                },
                Block::ListItem { text: "茶".into() },
                paragraph("申込み"),
            ]
        );
    }

    #[test]
    fn pictures_keep_their_place_and_their_words() {
        let found = blocks("前<img src='/a.jpg' alt='会場の  地図' onerror='x()'>後");
        assert_eq!(
            found[1],
            DraftBlock::Picture {
                address: "/a.jpg".into(),
                alternative: "会場の 地図".into()
            }
        );
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn readings_in_ruby_do_not_double_the_words() {
        assert_eq!(
            words("<ruby>回覧<rp>(</rp><rt>かいらん</rt><rp>)</rp></ruby>板"),
            [paragraph("回覧板")]
        );
    }

    #[test]
    fn thousands_of_nested_elements_are_read_without_a_crash() {
        let html = format!("{}深い{}", "<div>".repeat(3_000), "</div>".repeat(3_000));
        assert!(blocks(&html).len() <= BLOCK_LIMIT);
    }
}
