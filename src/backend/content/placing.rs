//! From a draft to content in the repository: pictures fetched, scaled and laid down, then the content
//! that names them.

use std::path::Path;

use kairan_contract::{
    Article, BlobReference, Block, Content, ContentReference, Freshness, Picture, Programme,
    Sha256, Step,
};
use reqwest::header::HeaderMap;
use url::Url;

use kairan_sources::{
    DraftArticle, DraftBlock, DraftContent, DraftProgramme, SourceError,
    audio::is_sound,
    beside::Role,
    fetch::{Answer, PICTURE_LIMIT, Validators},
    picture::{self, Bounds},
    sample,
};

use super::Gathering;

/// Bytes of one sound: eight minutes of speech, and what a tablet takes of one blob.
const SOUND_LIMIT: usize = 8 * 1024 * 1024;
/// Pictures of one source; the rest of its articles go without.
const PICTURES_A_SOURCE: usize = 20;

/// Content that lies in the repository.
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
    draft: DraftContent,
    base: &str,
    freshness: Freshness,
) -> Result<Placed, SourceError> {
    let mut fetched = Pictures {
        left: PICTURES_A_SOURCE,
        lacking: false,
    };
    let content = match draft {
        DraftContent::Weather(weather) => Content::Weather(weather),
        DraftContent::Warnings(warnings) => Content::Warnings(warnings),
        DraftContent::Places(places) => Content::Places { places },
        DraftContent::Events(occurrences) => Content::Events { occurrences },
        DraftContent::Timetable(departures) => Content::Timetable(departures),
        DraftContent::Measurements(measurements) => Content::Measurements { measurements },
        DraftContent::Audio(draft) => {
            Content::Audio(with_sounds(gathering, draft, &mut fetched).await?)
        }
        DraftContent::Questionnaire(questionnaire) => Content::Questionnaire(questionnaire),
        DraftContent::Page(draft) => Content::Page {
            article: with_pictures(gathering, draft, base, &mut fetched).await,
        },
        DraftContent::Feed(drafts) => {
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
        let bytes = gathering
            .repository
            .size_of(picture.sha256)
            .map_err(not_kept)?;
        if !pictures.iter().any(|known| known.sha256 == picture.sha256) {
            pictures.push(BlobReference {
                sha256: picture.sha256,
                bytes,
            });
        }
    }
    let blob = gathering.repository.lay(json).await.map_err(not_kept)?;
    Ok(Placed {
        reference: ContentReference {
            kind: content.kind(),
            blob,
            pictures,
            sounds: each_once(content.sounds()),
            freshness,
        },
        lacks_pictures: fetched.lacking,
    })
}

fn each_once<'s>(sounds: impl Iterator<Item = &'s BlobReference>) -> Vec<BlobReference> {
    let mut once: Vec<BlobReference> = Vec::new();
    for sound in sounds {
        if !once.contains(sound) {
            once.push(*sound);
        }
    }
    once
}

/// A programme with its pictures and sounds in the repository. Without a sound that it names it would
/// be another programme, so it is not taken.
async fn with_sounds(
    gathering: &Gathering,
    draft: DraftProgramme,
    pictures: &mut Pictures,
) -> Result<Programme, SourceError> {
    let mut steps = Vec::with_capacity(draft.steps.len());
    for step in draft.steps {
        let picture = match &step.picture {
            Some(address) if pictures.left > 0 => {
                pictures.left -= 1;
                let (sha256, width, height) = picture_from(gathering, "", address).await?;
                Some(Picture {
                    sha256,
                    width,
                    height,
                    alternative: step.alternative,
                })
            }
            _ => None,
        };
        let sound = match &step.sound {
            Some(file) => Some(sound_from(gathering, file).await?),
            None => None,
        };
        steps.push(Step {
            words: step.words,
            seconds: step.seconds,
            picture,
            sound,
        });
    }
    Ok(Programme {
        title: draft.title,
        steps,
    })
}

async fn sound_from(gathering: &Gathering, file: &str) -> Result<BlobReference, SourceError> {
    let bytes = gathering
        .beside
        .read(Path::new(file), Role::Sound, SOUND_LIMIT)
        .await?;
    if !is_sound(&bytes) {
        return Err(SourceError::NotUnderstood(format!(
            "`{file}` is no sound in Ogg, MP3, FLAC or WAV"
        )));
    }
    let laid = gathering.repository.lay(bytes).await;
    laid.map_err(|error| SourceError::NotKept(error.to_string()))
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
        gathering
            .beside
            .read(Path::new(address), Role::Picture, PICTURE_LIMIT)
            .await?
    } else if let Some(sample) = sample::picture(address) {
        sample.to_vec()
    } else {
        let url = Url::parse(base)
            .and_then(|base| base.join(address))
            .or_else(|_| Url::parse(address))
            .map_err(|error| SourceError::NotUnderstood(error.to_string()))?;
        match gathering
            .fetcher
            .get(
                &url,
                &Validators::default(),
                HeaderMap::new(),
                PICTURE_LIMIT,
            )
            .await?
        {
            Answer::Body { bytes, .. } => bytes,
            Answer::NotModified => {
                return Err(SourceError::NotUnderstood("no picture came".to_owned()));
            }
        }
    };
    let encoded = tokio::task::spawn_blocking(move || picture::prepare(&bytes, Bounds::PUBLISHED))
        .await
        .map_err(|panic| SourceError::NotUnderstood(panic.to_string()))?
        .map_err(SourceError::NotUnderstood)?;
    let blob = gathering
        .repository
        .lay(encoded.bytes)
        .await
        .map_err(|e| SourceError::NotKept(e.to_string()))?;
    Ok((blob.sha256, encoded.width, encoded.height))
}
