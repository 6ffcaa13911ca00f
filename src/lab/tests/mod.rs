//! The house as its inhabitants and visitors meet it: over HTTP, on ports the kernel chose, in directories of a test's own.
mod artifacts;
mod control;
mod files;
mod gateway;
mod machines;
mod owner;
mod real;
mod stores;
mod tokens;
mod troubled;
mod watched;
mod wire;

use super::{
    Lab, Options,
    dirs::Dirs,
    keys::{Issuer, Keys},
};
use crate::http::{Answer, Base, Http, Locate as _};
use serde_json::Value;
use std::{fs, sync::LazyLock};
use tempfile::TempDir;

/// RSA keys are slow to make; one set serves all tests of this process.
static KEYS: LazyLock<TempDir> = LazyLock::new(|| {
    let dir = TempDir::new().expect("a temporary directory");
    let keys = Keys::new(dir.path().to_owned());
    for issuer in [Issuer::Hydra, Issuer::Tokensmith, Issuer::Other] {
        keys.get(issuer).expect("a key can be made");
    }
    dir
});

/// A user's home: the directories, gone at the end.
struct Home {
    _temp: TempDir,
    dirs: Dirs,
}

fn home() -> Home {
    let temp = TempDir::new().expect("a temporary directory");
    let dirs = Dirs {
        state: temp.path().join("state"),
        runtime: Some(temp.path().join("run")),
    };
    fs::create_dir_all(dirs.keys()).expect("made");
    for file in fs::read_dir(KEYS.path()).expect("readable") {
        let file = file.expect("readable");
        fs::copy(file.path(), dirs.keys().join(file.file_name())).expect("copied");
    }
    Home { _temp: temp, dirs }
}

impl Home {
    /// The user's own lab.
    fn options(&self) -> Options {
        Options {
            dirs: Some(self.dirs.clone()),
            ..Options::default()
        }
    }

    fn lab(&self) -> Lab {
        Lab::new(self.options())
    }

    fn fresh(&self) -> Lab {
        Lab::new(Options {
            fresh: true,
            ..self.options()
        })
    }
}

/// Asks the lab's gateway without a token.
async fn ask(lab: &Lab, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let base = lab.base().await.expect("the lab starts");
    at(&base.url, method, path, headers, body).await
}

async fn at(url: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let http = Http::at(Base {
        url: url.to_owned(),
        ..Base::default()
    });
    let mut request = http.url(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if !body.is_empty() {
        request = request.body(body, "application/json");
    }
    request.raw().await.expect("the lab answers")
}

/// Asks the control API as its owner.
async fn control(lab: &Lab, method: &str, path: &str, body: &str) -> Answer {
    let door = lab.back_door().await.expect("the lab starts");
    let secret = door.token.unwrap_or_default();
    let path = format!("/lab/v1/{path}");
    at(&door.url, method, &path, &[("x-lab-secret", &secret)], body).await
}

fn json(answer: &Answer) -> Value {
    answer.json().expect("the answer is JSON")
}
