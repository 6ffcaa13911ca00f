//! A course: a folder of exercises, `NNN-title.lua`, with `states/NNN.lua` and `seeds.txt` beside them.
//!
//! Only reads files and names; what an exercise says about itself is read by running it up to its first step (`session`).
use super::{seeds::Seeds, text::is_exercise};
use crate::{builtins::TUTORIAL, fault::Fault};
use include_dir::Dir;
use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The list of tags a course covers.
const SEEDS: &str = "seeds.txt";

/// One exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// The number its file's name begins with.
    pub id: String,
    /// Where it stands, for messages and for the data beside it.
    pub path: PathBuf,
    pub text: String,
}

impl Exercise {
    /// An exercise in a file of the user's own.
    pub fn read(path: &Path) -> Result<Self, Fault> {
        let text = fs::read_to_string(path).map_err(|e| Fault::io(path, &e))?;
        Ok(Self::new(path.to_owned(), text))
    }

    fn new(path: PathBuf, text: String) -> Self {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let id = stem.split('-').next().unwrap_or_default().to_owned();
        Self { id, path, text }
    }
}

/// The exercises in their order, and the end states that scripts build.
#[derive(Clone, Debug, Default)]
pub struct Course {
    pub exercises: Vec<Exercise>,
    pub states: BTreeMap<String, Exercise>,
    pub seeds: Seeds,
}

impl Course {
    /// The course that comes with chami.
    pub fn embedded() -> Result<Self, Fault> {
        let mut files = Vec::new();
        walk(&TUTORIAL, &mut files);
        Self::of(Path::new("scripts/tutorial"), files)
    }

    /// The course in a folder.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        let mut files = Vec::new();
        for sub in ["", "states"] {
            let dir = folder.join(sub);
            if !dir.is_dir() && !sub.is_empty() {
                continue;
            }
            for entry in fs::read_dir(&dir).map_err(|e| Fault::io(&dir, &e))? {
                let path = entry.map_err(|e| Fault::io(&dir, &e))?.path();
                if path.is_file() {
                    let text = fs::read_to_string(&path).map_err(|e| Fault::io(&path, &e))?;
                    let name = path.file_name().unwrap_or_default();
                    files.push((Path::new(sub).join(name), text));
                }
            }
        }
        Self::of(folder, files)
    }

    fn of(folder: &Path, mut files: Vec<(PathBuf, String)>) -> Result<Self, Fault> {
        files.sort();
        let mut course = Self::default();
        for (path, text) in files {
            let place = folder.join(&path);
            if path == Path::new(SEEDS) {
                course.seeds = Seeds::read(&place.display().to_string(), &text)?;
            } else if path.extension().is_some_and(|it| it == "lua") {
                let one = Exercise::new(place, text);
                if path.starts_with("states") {
                    course.states.insert(one.id.clone(), one);
                } else if one.id.parse::<u32>().is_ok() {
                    course.exercises.push(one);
                }
            }
        }
        Ok(course)
    }

    pub fn find(&self, id: &str) -> Option<&Exercise> {
        self.exercises.iter().find(|one| one.id == id)
    }

    /// The exercise with this number.
    pub fn get(&self, id: &str) -> Result<&Exercise, Fault> {
        self.find(id).ok_or_else(|| {
            let known: Vec<&str> = self.exercises.iter().map(|one| one.id.as_str()).collect();
            Fault::not_found(format!("no exercise {id}"))
                .hint(format!("there are: {}", known.join(", ")))
        })
    }

    /// The exercise with this number, or the one in this file: a name with a slash or `.lua` in it.
    pub fn named(&self, word: &str) -> Result<Cow<'_, Exercise>, Fault> {
        let path = Path::new(word);
        let file = word.contains('/') || path.extension().is_some_and(|it| it == "lua");
        if !file {
            return self.get(word).map(Cow::Borrowed);
        }
        let exercise = Exercise::read(path)?;
        if !is_exercise(&exercise.text) {
            let what =
                format!("{word} is no exercise: its first statement is not exercise {{ … }}");
            return Err(Fault::bad_argument(what)
                .hint("chami learn new 409 \"A title\" writes one to begin with"));
        }
        Ok(Cow::Owned(exercise))
    }

    /// What builds an end state: the exercise itself once it exists, until then a script.
    pub fn builder(&self, state: &str) -> Option<&Exercise> {
        self.find(state).or_else(|| self.states.get(state))
    }
}

fn walk(dir: &'static Dir, files: &mut Vec<(PathBuf, String)>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            files.push((file.path().to_owned(), text.to_owned()));
        }
    }
    for dir in dir.dirs() {
        walk(dir, files);
    }
}
