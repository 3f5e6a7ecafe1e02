//! Why a file beside the catalogue is not read or not laid there, and how to mend it.

use std::io;

/// Why a file is no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its name or a link leads out of the folder.
    #[error("it lies outside the catalogue's folder")]
    Elsewhere,
    /// A part of its name begins with a dot.
    #[error("a name that begins with a dot is not shown")]
    Hidden,
    /// Its name ends otherwise.
    #[error("its name does not end in {}", in_english(.0))]
    Ending(&'static [&'static str]),
    /// The server keeps it to itself.
    #[error("the server keeps it to itself")]
    Kept,
    /// It is a folder, a pipe or a device.
    #[error("it is no plain file")]
    NoFile,
    /// It is a token, and another address would hear it.
    #[error("nobody has said on the server that this token may go to this address")]
    ForElsewhere,
}

impl Refused {
    /// How to mend it.
    pub fn mend(self) -> String {
        match self {
            Self::Elsewhere => {
                "put the file itself, and no link, beside the catalogue and name it without .. and without a leading /".into()
            }
            Self::Hidden => "give the file and its folder names that begin otherwise".into(),
            Self::Ending(endings) => {
                format!("save it under a name that ends in {}", in_english(endings))
            }
            Self::Kept => {
                "name another file: the catalogue, data, settings, keys and tokens are no content"
                    .into()
            }
            Self::NoFile => "name a file, and no folder, pipe or device".into(),
            Self::ForElsewhere => {
                "have whoever runs the server write token_file and url into services.toml there"
                    .into()
            }
        }
    }

    /// The same in Japanese: what is wrong, and how to mend it.
    pub fn in_japanese(self) -> (&'static str, String) {
        match self {
            Self::Elsewhere => (
                "services.toml のフォルダーの外にあります",
                "リンクではなくファイルそのものを同じフォルダーに置き、.. や先頭の / を使わずに書いてください".into(),
            ),
            Self::Hidden => (
                "点で始まる名前なので、見せられません",
                "ファイルとフォルダーを、点で始まらない名前にしてください".into(),
            ),
            Self::Ending(endings) => {
                let endings: Vec<String> = endings.iter().map(|it| format!(".{it}")).collect();
                (
                    "この種類の内容として読める名前ではありません",
                    format!("名前の終わりを {} のどれかにしてください", endings.join("・")),
                )
            }
            Self::Kept => (
                "サーバーが自分のために使うファイルなので、見せられません",
                "ほかのファイルを書いてください。カタログ・データ・設定・鍵・合言葉は内容になりません".into(),
            ),
            Self::NoFile => (
                "ふつうのファイルではありません",
                "フォルダーや装置ではなく、ファイルの名前を書いてください".into(),
            ),
            Self::ForElsewhere => (
                "この合言葉をこのアドレスに送ってよいと、サーバーの上では決められていません",
                "サーバーを動かしている人に、token_file と url をサーバーの services.toml に書いてもらってください".into(),
            ),
        }
    }
}

fn in_english(endings: &[&str]) -> String {
    let endings: Vec<String> = endings.iter().map(|it| format!(".{it}")).collect();
    match endings.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => endings.concat(),
    }
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// It is no content.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The system does not give it.
    #[error(transparent)]
    Failed(#[from] io::Error),
}

/// Why nothing was laid down.
#[derive(Debug, thiserror::Error)]
pub enum NotLaid {
    /// Nothing may be laid there.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Something else lies there.
    #[error("a file of this name says something else")]
    Different,
    /// The system does not take it.
    #[error(transparent)]
    Failed(#[from] io::Error),
}

impl From<NotRead> for NotLaid {
    fn from(error: NotRead) -> Self {
        match error {
            NotRead::Refused(why) => Self::Refused(why),
            NotRead::Failed(error) => Self::Failed(error),
        }
    }
}
