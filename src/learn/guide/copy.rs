//! The exercise as a file of the student's own.
use super::{Guide, Show, say};
use crate::{
    fault::{Fault, Kind},
    shell::Report,
};
use std::{
    fs::File,
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

impl Guide<'_> {
    /// Writes it, where this session may write; a file that is there is never touched.
    pub(super) fn copy(&self, rest: &str, show: &mut Show) -> Result<(), Report> {
        let exercise = self.desk.exercise;
        let name = exercise.path.file_name().unwrap_or_default();
        let path = match rest.trim_matches(['"', '\'']) {
            "" => PathBuf::from(name),
            given if Path::new(given).is_dir() => Path::new(given).join(name),
            given => PathBuf::from(given),
        };
        self.desk
            .shell
            .outside(&format!(":copy {}", path.display()))?;
        create(&path, &exercise.text)?;
        let (path, option) = (path.display(), &self.desk.site.option);
        say(
            show,
            format!(
                "Written to {path}. Edit it, and run it on this same cluster:\n\n    chami {option} {path}"
            ),
        );
        Ok(())
    }
}

fn create(path: &Path, text: &str) -> Result<(), Fault> {
    let mut file = File::create_new(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            let what = format!("{} is there already, and stays as it is", path.display());
            Fault::new(Kind::Conflict, what).hint("name another file: :copy mine.lua")
        }
        _ => Fault::io(path, &error),
    })?;
    file.write_all(text.as_bytes())
        .map_err(|error| Fault::io(path, &error))
}
