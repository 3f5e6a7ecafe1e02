//! A tablet's disk with three hundred articles and three hundred pictures, as a sync would have left it.

use std::{io::Cursor, path::Path};

use anyhow::Context as _;
use image::{ImageFormat, Rgb, RgbImage};
use kairan_contract::{
    Article, BlobReference, Block, Content, ContentKind, ContentReference, Freshness,
    Participation, Picture, ServiceEntry, Sha256, TabletId,
};
use kairan_tablet::{
    data_folder::DataFolder,
    demonstration,
    identity::{Identity, Loan},
    library::Library,
};
use uuid::Uuid;

/// Tiles with fifty articles each.
const TILES: u32 = 6;
const ARTICLES: u32 = 50;

/// Fills `data`; the tablet that starts there has a loan and no backend.
pub fn fill(data: &Path) -> anyhow::Result<()> {
    let folder = DataFolder::open(data.to_owned())?;
    folder.save_identity(&Identity {
        tablet: TabletId(Uuid::from_u128(1)),
        loan: Some(Loan {
            token: "none".to_owned(),
            participation: Participation(Uuid::from_u128(2)),
        }),
    })?;
    let library = Library::open(data)?;
    let mut manifest = demonstration::snapshot().manifest;
    let example = manifest.services.first().context("a tile")?.service.clone();
    manifest.services.clear();
    // By day they would stand before the tiles.
    manifest.messages.clear();
    for tile in 0..TILES {
        let mut pictures = Vec::new();
        let mut articles = Vec::new();
        for number in 0..ARTICLES {
            let (blob, picture) = picture(&library, tile * ARTICLES + number)?;
            pictures.push(blob);
            articles.push(article(tile, number, picture));
        }
        let content = serde_json::to_vec(&Content::Feed { articles })?;
        let blob = lay(&library, &content)?;
        let mut service = example.clone();
        service.id = format!("news-{tile}").parse()?;
        manifest.services.push(ServiceEntry {
            service,
            content: Some(ContentReference {
                kind: ContentKind::Feed,
                blob,
                pictures,
                sounds: Vec::new(),
                freshness: Freshness::Current,
            }),
            near_name: None,
        });
    }
    library.activate(manifest, "filled".to_owned(), jiff::Timestamp::now())?;
    Ok(())
}

fn article(tile: u32, number: u32, picture: Picture) -> Article {
    let paragraph = |text: String| Block::Paragraph { text };
    let sentence = "ひだまり市では、みなさまの くらしに 役立つ お知らせを お届けします。";
    Article {
        id: format!("{tile} {number}"),
        title: format!("お知らせ {number}"),
        published: None,
        body: vec![
            paragraph(sentence.repeat(6)),
            Block::Picture { picture },
            paragraph(sentence.repeat(12)),
        ],
    }
}

/// A picture of 1,200 × 800 pixels like no other.
fn picture(library: &Library, seed: u32) -> anyhow::Result<(BlobReference, Picture)> {
    let (width, height) = (1200, 800);
    let drawn = RgbImage::from_fn(width, height, |x, y| {
        let part = |value: u32| u8::try_from(value % 256).unwrap_or(0);
        Rgb([
            part(x / 3 + seed * 7),
            part(y / 2 + seed * 13),
            part((x + y) / 5 + seed),
        ])
    });
    let mut bytes = Vec::new();
    drawn.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg)?;
    let blob = lay(library, &bytes)?;
    let picture = Picture {
        sha256: blob.sha256,
        width,
        height,
        alternative: "けしき".to_owned(),
    };
    Ok((blob, picture))
}

fn lay(library: &Library, bytes: &[u8]) -> anyhow::Result<BlobReference> {
    let sha256 = Sha256::of(bytes);
    library.store_blob(sha256, bytes)?;
    Ok(BlobReference {
        sha256,
        bytes: bytes.len() as u64,
    })
}
