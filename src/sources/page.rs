//! A text of the operator's own, written in Markdown beside the catalogue.

use kairan_contract::Block;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{
    draft::{DraftArticle, DraftBlock, DraftContent},
    html::tidy,
};

/// Reads a page. `id` names it in usage records; `fallback_title` stands at its head when the
/// text does not begin with a heading.
pub fn parse(markdown: &str, id: &str, fallback_title: &str) -> DraftContent {
    let mut title = None;
    let mut body = Vec::new();
    let mut text = String::new();
    let mut picture = None;
    let mut in_item = 0_usize;
    let flush = |text: &mut String, in_item: usize, body: &mut Vec<DraftBlock>| {
        let text = tidy(&std::mem::take(text));
        if !text.is_empty() {
            body.push(DraftBlock::Words(if in_item > 0 {
                Block::ListItem { text }
            } else {
                Block::Paragraph { text }
            }));
        }
    };
    for event in Parser::new(markdown) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::SoftBreak
                // Japanese has no blank between words, so a line break in the file is none here.
                if text.ends_with(|c: char| c.is_ascii()) => {
                    text.push(' ');
                }
            Event::HardBreak => text.push('\n'),
            Event::Start(Tag::Item) => {
                flush(&mut text, in_item, &mut body);
                in_item += 1;
            }
            Event::End(TagEnd::Item) => {
                flush(&mut text, in_item, &mut body);
                in_item = in_item.saturating_sub(1);
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                flush(&mut text, in_item, &mut body);
                picture = Some(dest_url.to_string());
            }
            Event::End(TagEnd::Image) => {
                let alternative = tidy(&std::mem::take(&mut text));
                if let Some(address) = picture.take() {
                    body.push(DraftBlock::Picture {
                        address,
                        alternative,
                    });
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let heading = tidy(&std::mem::take(&mut text));
                if title.is_none() && body.is_empty() {
                    title = Some(heading);
                } else if !heading.is_empty() {
                    body.push(DraftBlock::Words(Block::Heading { text: heading }));
                }
            }
            Event::Start(Tag::Heading { .. } | Tag::Paragraph)
            | Event::End(TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::BlockQuote(_)) => {
                flush(&mut text, in_item, &mut body);
            }
            _ => {}
        }
    }
    flush(&mut text, in_item, &mut body);
    let title = title
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| fallback_title.to_owned());
    DraftContent::Page(DraftArticle {
        id: id.to_owned(),
        title,
        published: None,
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_paragraphs_lists_and_pictures_keep_their_order() {
        let markdown = "# ごみの出し方\n\n朝**八時**までに\n出してください。\n\n## 燃えるごみ\n\n- 月曜日\n- 木曜日\n\n![集積所](place.png)\n\n<script>x</script>";
        let DraftContent::Page(page) = parse(markdown, "garbage", "ごみ") else {
            panic!("a page")
        };
        assert_eq!(page.title, "ごみの出し方");
        let words =
            |text: &str, block: fn(String) -> Block| DraftBlock::Words(block(text.to_owned()));
        assert_eq!(
            page.body,
            [
                words("朝八時までに出してください。", |text| {
                    Block::Paragraph { text }
                }),
                words("燃えるごみ", |text| Block::Heading { text }),
                words("月曜日", |text| Block::ListItem { text }),
                words("木曜日", |text| Block::ListItem { text }),
                DraftBlock::Picture {
                    address: "place.png".into(),
                    alternative: "集積所".into()
                },
            ]
        );
    }

    #[test]
    fn a_text_without_a_heading_bears_the_name_of_its_tile() {
        let DraftContent::Page(page) = parse("こんにちは。", "hello", "ごあいさつ")
        else {
            panic!("a page")
        };
        assert_eq!((page.title.as_str(), page.body.len()), ("ごあいさつ", 1));
    }
}
