//! The style sheet and the script, each at an address that changes with its content.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use xxhash_rust::xxh3::xxh3_64;

/// A file of the console.
pub(crate) struct Asset {
    name: String,
    media_type: &'static str,
    content: &'static str,
}

/// The style sheet.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let content = concat!(
        include_str!("../assets/base.css"),
        include_str!("../assets/level.css"),
        include_str!("../assets/cite.css"),
        include_str!("../assets/board.css"),
        include_str!("../assets/brief.css"),
        include_str!("../assets/changes.css"),
        include_str!("../assets/country.css"),
        include_str!("../assets/diff.css"),
        include_str!("../assets/event.css"),
        include_str!("../assets/map.css"),
        include_str!("../assets/methodology.css"),
        include_str!("../assets/picture.css"),
        include_str!("../assets/relation.css"),
        include_str!("../assets/report.css"),
        include_str!("../assets/session.css"),
        include_str!("../assets/sources.css"),
        include_str!("../assets/why.css"),
        include_str!("../assets/print.css"),
    );
    Asset::new("console", "css", "text/css; charset=utf-8", content)
});
/// The script.
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../assets/console.js");
    Asset::new("console", "js", "text/javascript; charset=utf-8", content)
});

impl Asset {
    fn new(stem: &str, ending: &str, media_type: &'static str, content: &'static str) -> Self {
        let digest = xxh3_64(content.as_bytes());
        Self {
            name: format!("{stem}-{digest:016x}.{ending}"),
            media_type,
            content,
        }
    }

    /// Returns its address.
    pub(crate) fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// Answers with a file, which browsers may keep for ever.
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let assets: [&Asset; 2] = [&STYLE, &SCRIPT];
    let Some(asset) = assets.into_iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.content).into_response()
}
