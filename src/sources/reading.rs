//! The one way from bytes to content, whatever the kind: for the rounds, for `kairan try`, and for
//! whoever asks next.

use jiff::Timestamp;

use super::source::SourceKind;
use super::{
    audio, calendar,
    draft::{DraftArticle, DraftBlock, DraftContent, Gleaned, Skipped},
    entities,
    error::SourceError,
    feed, open_data, page, questionnaire, timetable, warnings, weather,
};
use kairan_contract::Block;

/// What is left out is told one by one up to here; more of it only fills a screen.
const TOLD_LIMIT: usize = 1_000;

/// What a parser must know besides the bytes and its settings.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// The moment from which one looks.
    pub now: Timestamp,
    /// Whether what is past, expired or too old is shown as well.
    pub all: bool,
    /// Where the bytes came from; empty for a file.
    pub address: String,
    /// The id under which a page is kept.
    pub id: String,
    /// The title of a page that has none.
    pub title: String,
}

/// Reads `bytes` as `kind` says.
pub fn read(
    kind: &SourceKind,
    bytes: &[u8],
    circumstances: &Circumstances,
) -> Result<Gleaned, SourceError> {
    let Circumstances {
        now,
        all,
        address,
        id,
        title,
    } = circumstances;
    if !matches!(kind, SourceKind::Page) && is_web_page(bytes) {
        return Err(SourceError::NotUnderstood(
            "this is a web page (HTML); name the address of the data itself".to_owned(),
        ));
    }
    let gleaned = match kind {
        SourceKind::Feed { include, exclude } => {
            feed::parse(bytes, address).map(|draft| chosen(draft, include, exclude))
        }
        SourceKind::Weather { area, station } => {
            weather::parse(bytes, area, station.as_deref()).map(Gleaned::whole)
        }
        SourceKind::Warnings { area } => warnings::parse(bytes, area, *now, *all),
        SourceKind::Places { columns, near } => open_data::places::parse(bytes, columns, *near),
        SourceKind::Events { .. } if calendar::is_calendar(bytes) => {
            calendar::parse(bytes, *now, *all)
        }
        SourceKind::Events { columns } => open_data::events::parse(bytes, columns, *now, *all),
        SourceKind::Timetable { stops, to } => {
            timetable::parse(bytes, stops, to.as_deref(), *now, *all)
        }
        SourceKind::Entities {
            becomes,
            mapping,
            near,
        } => entities::parse(bytes, *becomes, mapping, *near, *now, *all),
        SourceKind::Page => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Gleaned::whole(page::parse(text, id, title))),
            Err(_) => Err(SourceError::NotUnderstood(
                "the page is not UTF-8 text".to_owned(),
            )),
        },
        SourceKind::Audio => audio::parse(bytes),
        SourceKind::Questionnaire => questionnaire::parse(bytes),
        SourceKind::Form => Err(SourceError::NotUnderstood(
            "a form is read with its catalogue: `kairan check` tells what is wrong with it"
                .to_owned(),
        )),
    };
    gleaned.map(|mut gleaned| {
        let more = gleaned.skipped.len().saturating_sub(TOLD_LIMIT);
        if more > 0 {
            gleaned.skipped.truncate(TOLD_LIMIT);
            let why = format!("{more} more are left out");
            gleaned.skipped.push(Skipped::told(why));
        }
        gleaned
    })
}

/// A server that has moved its data often answers with a page and a 200.
fn is_web_page(bytes: &[u8]) -> bool {
    let begin = &bytes[..bytes.len().min(1024)];
    let begin = String::from_utf8_lossy(begin).to_ascii_lowercase();
    let begin = begin.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    begin.starts_with("<!doctype html") || begin.starts_with("<html")
}

/// The articles that an operator wants.
fn chosen(draft: DraftContent, include: &[String], exclude: &[String]) -> Gleaned {
    let DraftContent::Feed(mut articles) = draft else {
        return Gleaned::whole(draft);
    };
    let before = articles.len();
    articles.retain(|article| {
        let says = |word: &String| says(article, word);
        (include.is_empty() || include.iter().any(says)) && !exclude.iter().any(says)
    });
    let left_out = before - articles.len();
    let skipped = (left_out > 0).then(|| {
        Skipped::told(format!(
            "{left_out} articles are left out by `include` and `exclude`"
        ))
    });
    Gleaned {
        draft: DraftContent::Feed(articles),
        skipped: skipped.into_iter().collect(),
    }
}

fn says(article: &DraftArticle, word: &str) -> bool {
    article.title.contains(word)
        || article.body.iter().any(|block| match block {
            DraftBlock::Words(
                Block::Paragraph { text } | Block::Heading { text } | Block::ListItem { text },
            ) => text.contains(word),
            _ => false,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_choose_articles_and_a_web_page_is_named() {
        let rss = "<rss version=\"2.0\"><channel><title>t</title><item><title>敬老会</title><guid>1</guid></item>\
            <item><title>入札のお知らせ</title><guid>2</guid></item><item><title>水道</title><guid>3</guid><description>敬老パス</description></item></channel></rss>";
        let circumstances = Circumstances {
            now: Timestamp::UNIX_EPOCH,
            all: false,
            address: String::new(),
            id: "news".to_owned(),
            title: "お知らせ".to_owned(),
        };
        let titles = |include: &[&str], exclude: &[&str]| -> Vec<String> {
            let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
            let kind = SourceKind::Feed {
                include: words(include),
                exclude: words(exclude),
            };
            let gleaned = read(&kind, rss.as_bytes(), &circumstances).expect("reads");
            let DraftContent::Feed(articles) = gleaned.draft else {
                panic!("no feed")
            };
            articles.into_iter().map(|article| article.title).collect()
        };
        assert_eq!(titles(&["敬老"], &[]), ["敬老会", "水道"]);
        assert_eq!(titles(&[], &["入札", "水道"]), ["敬老会"]);
        let kind = SourceKind::Warnings {
            area: "9920100".to_owned(),
        };
        let error = read(
            &kind,
            b"\xef\xbb\xbf\n<!DOCTYPE html><html>",
            &circumstances,
        );
        assert!(error.is_err_and(|error| error.to_string().contains("web page")));
    }
}
