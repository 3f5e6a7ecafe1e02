//! Why a file beside the catalogue is no content, and how to mend it.

use std::fmt;

use kairan_contract::Language;
use kairan_text::{tr, tr_in};

/// Why a file is no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Its name or a link leads out of the folder.
    Elsewhere,
    /// A part of its name begins with a dot.
    Hidden,
    /// Its name ends otherwise.
    Ending(&'static [&'static str]),
    /// The server keeps it to itself.
    Kept,
    /// It is a folder, a pipe or a device.
    NoFile,
    /// It is a token, and another address would hear it.
    ForElsewhere,
}

impl Refused {
    /// What is wrong.
    pub fn wrong(self, language: Language) -> String {
        let words = match self {
            Self::Elsewhere => tr(language, "services.toml のフォルダーの外にあります"),
            Self::Hidden => tr(language, "点で始まる名前なので、見せられません"),
            Self::Ending(endings) => {
                let endings = in_words(endings, language);
                return tr!(
                    language,
                    "この種類の内容として読める名前ではありません",
                    endings
                );
            }
            Self::Kept => tr(
                language,
                "サーバーが自分のために使うファイルなので、見せられません",
            ),
            Self::NoFile => tr(language, "ふつうのファイルではありません"),
            Self::ForElsewhere => tr(
                language,
                "この合言葉をこのアドレスに送ってよいと、サーバーの上では決められていません",
            ),
        };
        words.to_owned()
    }

    /// How to mend it.
    pub fn mend(self, language: Language) -> String {
        let words = match self {
            Self::Elsewhere => tr(
                language,
                "リンクではなくファイルそのものを同じフォルダーに置き、.. や先頭の / を使わずに書いてください",
            ),
            Self::Hidden => tr(
                language,
                "ファイルとフォルダーを、点で始まらない名前にしてください",
            ),
            Self::Ending(endings) => {
                let endings = in_words(endings, language);
                return tr!(
                    language,
                    "名前の終わりを {endings} のどれかにしてください",
                    endings
                );
            }
            Self::Kept => tr(
                language,
                "ほかのファイルを書いてください。カタログ・データ・設定・鍵・合言葉は内容になりません",
            ),
            Self::NoFile => tr(
                language,
                "フォルダーや装置ではなく、ファイルの名前を書いてください",
            ),
            Self::ForElsewhere => tr(
                language,
                "サーバーを動かしている人に、token_file と url をサーバーの services.toml に書いてもらってください",
            ),
        };
        words.to_owned()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.wrong(Language::ENGLISH))
    }
}

impl std::error::Error for Refused {}

/// .csv, .tsv or .json.
fn in_words(endings: &[&str], language: Language) -> String {
    let endings: Vec<String> = endings.iter().map(|it| format!(".{it}")).collect();
    let between = tr_in(language, "between endings of names", "・");
    let before_the_last = tr_in(language, "before the last of some endings of names", "・");
    match endings.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("{}{before_the_last}{last}", rest.join(between))
        }
        _ => endings.concat(),
    }
}
