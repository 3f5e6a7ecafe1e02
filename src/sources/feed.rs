//! News in RSS 1.0, RSS 2.0 or Atom, as cities publish it.

use jiff::Timestamp;
use kairan_contract::{Block, Sha256};
use uuid::Uuid;

use super::{
    draft::{DraftArticle, DraftBlock, DraftContent},
    error::SourceError,
    html,
};

/// The articles that a tablet holds of one feed.
const ARTICLE_LIMIT: usize = 50;
/// Letters of a headline; a longer one is no headline.
const TITLE_LIMIT: usize = 200;

/// Reads a feed. `address` is where it came from, empty for a file; relative links are understood
/// from there.
pub fn parse(bytes: &[u8], address: &str) -> Result<DraftContent, SourceError> {
    let not_understood = |why: String| SourceError::NotUnderstood(why);
    if let Some(at) = find(before_the_root(bytes), b"<!DOCTYPE") {
        // A document type can name other files and grow without end; feeds need none.
        return Err(not_understood(format!(
            "it declares a document type at byte {at}"
        )));
    }
    let feed = feed_rs::parser::Builder::new()
        .base_uri(Some(address).filter(|address| !address.is_empty()))
        .build()
        .parse(bytes)
        .map_err(|error| not_understood(format!("this is no RSS or Atom feed ({error})")))?;
    let mut entries = feed.entries;
    for entry in entries.iter_mut().filter(|entry| entry.links.is_empty()) {
        // Without a link and without an id of its own it would get another one each time.
        if Uuid::parse_str(&entry.id).is_ok() {
            let title = entry.title.as_ref().map_or("", |title| &title.content);
            let published = entry.published.or(entry.updated);
            let at = published.map_or(0, |at| at.timestamp());
            entry.id = Sha256::of(format!("{title} {at}").as_bytes()).to_string();
        }
    }
    // Stable: what bears no date keeps the publisher's order, after what does.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.published.or(entry.updated)));
    let mut seen = std::collections::HashSet::new();
    entries.retain(|entry| seen.insert(entry.id.clone()));
    // Texts are taken apart only of what a tablet will hold.
    let articles = entries.into_iter().filter_map(article).take(ARTICLE_LIMIT);
    Ok(DraftContent::Feed(articles.collect()))
}

fn article(entry: feed_rs::model::Entry) -> Option<DraftArticle> {
    let content = entry.content.and_then(|content| content.body);
    let summary = entry.summary.map(|summary| summary.content);
    let body = content
        .filter(|body| !body.trim().is_empty())
        .or(summary)
        .map(|html| html::blocks(&html));
    let body = body.unwrap_or_default();
    let title = entry
        .title
        .map(|title| plain(&title.content))
        .filter(|title| !title.is_empty());
    let title = title.or_else(|| first_words(&body))?;
    let published = entry.published.or(entry.updated);
    Some(DraftArticle {
        id: entry.id,
        title: title.chars().take(TITLE_LIMIT).collect(),
        published: published.and_then(|at| Timestamp::from_millisecond(at.timestamp_millis()).ok()),
        body,
    })
}

/// A headline without the tags and line breaks that some publishers put in.
fn plain(text: &str) -> String {
    let words: Vec<String> = html::blocks(text)
        .iter()
        .filter_map(words_of)
        .map(str::to_owned)
        .collect();
    words.join(" ").replace('\n', " ")
}

fn words_of(block: &DraftBlock) -> Option<&str> {
    match block {
        DraftBlock::Words(
            Block::Paragraph { text } | Block::Heading { text } | Block::ListItem { text },
        ) => Some(text),
        _ => None,
    }
}

/// What stands for a headline where the publisher gives none.
fn first_words(body: &[DraftBlock]) -> Option<String> {
    let words = body.iter().find_map(words_of)?;
    let mut short: String = words.replace('\n', " ").chars().take(40).collect();
    if short.chars().count() < words.chars().count() {
        short.push('…');
    }
    Some(short)
}

/// What stands before the first element: the only place where a document type can stand.
fn before_the_root(bytes: &[u8]) -> &[u8] {
    let is_root = |pair: &[u8]| pair[0] == b'<' && pair[1].is_ascii_alphabetic();
    let root = bytes.windows(2).position(is_root);
    &bytes[..root.unwrap_or(bytes.len())]
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ADDRESS: &str = "https://www.hidamari.example/news/feed.xml";

    fn articles(xml: &str) -> Vec<DraftArticle> {
        match parse(xml.as_bytes(), ADDRESS) {
            Ok(DraftContent::Feed(articles)) => articles,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rss_1_with_dates_of_the_dublin_core() {
        let found = articles(
            r#"<?xml version="1.0" encoding="UTF-8"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/">
            <channel rdf:about="x"><title>ひだまり市</title><link>https://www.hidamari.example/</link><description>d</description></channel>
            <item rdf:about="a"><title>古い</title><link>https://www.hidamari.example/a</link><dc:date>2026-07-22T09:00:00+09:00</dc:date></item>
            <item rdf:about="b"><title>新しい</title><link>https://www.hidamari.example/b</link><dc:date>2026-07-24T20:00:00+09:00</dc:date></item></rdf:RDF>"#,
        );
        assert_eq!(
            found.iter().map(|a| a.title.as_str()).collect::<Vec<_>>(),
            ["新しい", "古い"]
        );
        assert_eq!(found[0].published, "2026-07-24T11:00:00Z".parse().ok());
    }

    #[test]
    fn rss_2_with_html_and_a_headline_with_tags() {
        let found = articles(
            r#"<rss version="2.0"><channel><title>t</title><link>https://www.hidamari.example/</link><description>d</description>
            <item><title>&lt;b&gt;敬老会&lt;/b&gt; のお知らせ</title><guid>1</guid><pubDate>Mon, 23 Nov 2026 10:00:00 +0900</pubDate>
            <description><![CDATA[<p>どうぞ<br>お越しください。</p><img src="map.png" alt="地図">]]></description></item></channel></rss>"#,
        );
        assert_eq!(found[0].title, "敬老会 のお知らせ");
        assert_eq!(found[0].body.len(), 2);
        assert_eq!(found[0].published, "2026-11-23T01:00:00Z".parse().ok());
    }

    #[test]
    fn atom_and_an_entry_without_a_headline() {
        let found = articles(
            r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>f</id><updated>2026-11-23T00:00:00Z</updated>
            <entry><id>e</id><updated>2026-11-23T00:00:00Z</updated><content type="html">本文だけの記事です。</content></entry></feed>"#,
        );
        assert_eq!(found[0].title, "本文だけの記事です。");
    }

    #[test]
    fn a_document_type_is_refused() {
        let bomb = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><rss version="2.0"><channel><title>&a;</title></channel></rss>"#;
        assert!(matches!(
            parse(bomb.as_bytes(), ADDRESS),
            Err(SourceError::NotUnderstood(_))
        ));
    }

    proptest! {
        #[test]
        fn no_bytes_end_in_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = parse(&bytes, ADDRESS);
        }

        #[test]
        fn a_feed_with_a_hole_in_it_ends_in_no_panic(cut in 0usize..600) {
            let whole = r#"<rss version="2.0"><channel><title>t</title><item><title>敬老会</title><guid>1</guid><pubDate>Mon, 23 Nov 2026 10:00:00 +0900</pubDate><description><![CDATA[<p>どうぞ<br>お越しください。</p>]]></description></item></channel></rss>"#;
            let bytes = whole.as_bytes();
            let _ = parse(&bytes[..cut.min(bytes.len())], ADDRESS);
        }
    }
}
