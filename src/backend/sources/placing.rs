//! From a draft to content on the shelf: pictures fetched, scaled and laid down, then the content
//! that names them.

use std::path::Path;

use kairan_contract::{
    Article, BlobReference, Block, Content, ContentReference, Freshness, Picture, Sha256,
};
use url::Url;

use super::{
    Draft, DraftArticle, DraftBlock, Gathering, SourceError, beside,
    fetch::{Answer, PICTURE_LIMIT, Validators},
    picture, sample,
};

/// Pictures of one source; the rest of its articles go without.
const PICTURES_A_SOURCE: usize = 20;

/// Content that lies on the shelf.
pub struct Placed {
    /// Where.
    pub reference: ContentReference,
    /// A picture could not be fetched just now, and may come the next time.
    pub lacks_pictures: bool,
}

/// The pictures of one source, while they are fetched.
struct Pictures {
    /// How many may still be fetched.
    left: usize,
    /// One could not be fetched just now.
    lacking: bool,
}

/// Fetches the pictures of a draft and lays everything on disk under its hash.
pub async fn place(
    gathering: &Gathering,
    draft: Draft,
    base: &str,
    freshness: Freshness,
) -> Result<Placed, SourceError> {
    let mut fetched = Pictures {
        left: PICTURES_A_SOURCE,
        lacking: false,
    };
    let content = match draft {
        Draft::Weather(weather) => Content::Weather(weather),
        Draft::Page(draft) => Content::Page {
            article: with_pictures(gathering, draft, base, &mut fetched).await,
        },
        Draft::Feed(drafts) => {
            let mut articles = Vec::with_capacity(drafts.len());
            for draft in drafts {
                articles.push(with_pictures(gathering, draft, base, &mut fetched).await);
            }
            Content::Feed { articles }
        }
    };
    let not_kept = |error: std::io::Error| SourceError::NotKept(error.to_string());
    let json =
        serde_json::to_vec(&content).map_err(|error| SourceError::NotKept(error.to_string()))?;
    let mut pictures: Vec<BlobReference> = Vec::new();
    for picture in content.pictures() {
        let bytes = gathering.shelf.size_of(picture.sha256).map_err(not_kept)?;
        if !pictures.iter().any(|known| known.sha256 == picture.sha256) {
            pictures.push(BlobReference {
                sha256: picture.sha256,
                bytes,
            });
        }
    }
    let blob = gathering.shelf.lay(json).await.map_err(not_kept)?;
    Ok(Placed {
        reference: ContentReference {
            kind: content.kind(),
            blob,
            pictures,
            freshness,
        },
        lacks_pictures: fetched.lacking,
    })
}

async fn with_pictures(
    gathering: &Gathering,
    draft: DraftArticle,
    base: &str,
    pictures: &mut Pictures,
) -> Article {
    let mut body = Vec::with_capacity(draft.body.len());
    for block in draft.body {
        match block {
            DraftBlock::Words(block) => body.push(block),
            DraftBlock::Picture {
                address,
                alternative,
            } if pictures.left > 0 => {
                pictures.left -= 1;
                match picture_from(gathering, base, &address).await {
                    Ok((sha256, width, height)) => body.push(Block::Picture {
                        picture: Picture {
                            sha256,
                            width,
                            height,
                            alternative,
                        },
                    }),
                    // An article is worth reading without its picture.
                    Err(error) => {
                        tracing::info!(%address, %error, "a picture is left out");
                        pictures.lacking |= !matches!(error, SourceError::NotUnderstood(_));
                    }
                }
            }
            DraftBlock::Picture { .. } => {}
        }
    }
    Article {
        id: draft.id,
        title: draft.title,
        published: draft.published,
        body,
    }
}

async fn picture_from(
    gathering: &Gathering,
    base: &str,
    address: &str,
) -> Result<(Sha256, u32, u32), SourceError> {
    let bytes = if base.is_empty() && !address.contains("://") {
        beside::read(&gathering.folder, Path::new(address), PICTURE_LIMIT).await?
    } else if let Some(sample) = sample::picture(address) {
        sample.to_vec()
    } else {
        let url = Url::parse(base)
            .and_then(|base| base.join(address))
            .or_else(|_| Url::parse(address))
            .map_err(|error| SourceError::NotUnderstood(error.to_string()))?;
        match gathering
            .fetcher
            .get(&url, &Validators::default(), PICTURE_LIMIT)
            .await?
        {
            Answer::Body { bytes, .. } => bytes,
            Answer::NotModified => {
                return Err(SourceError::NotUnderstood("no picture came".to_owned()));
            }
        }
    };
    let encoded = tokio::task::spawn_blocking(move || picture::prepare(&bytes))
        .await
        .map_err(|panic| SourceError::NotUnderstood(panic.to_string()))?
        .map_err(SourceError::NotUnderstood)?;
    let blob = gathering
        .shelf
        .lay(encoded.bytes)
        .await
        .map_err(|e| SourceError::NotKept(e.to_string()))?;
    Ok((blob.sha256, encoded.width, encoded.height))
}
