//! Which cluster the command line means, and a shell on it.
use super::{care::CareArgs, tape::TapeArgs, token};
use crate::{
    config::{Ask, Files, Place, Session, Target},
    fault::Fault,
    gate::{First, Gate, Rules},
    journal::{self, Keep, Setup},
    lab::Dirs,
    lua::{print::Sink, shape::Limit},
    repl::{
        Prompt, question,
        screen::{self, Stream},
    },
    secret,
    shell::{Options, Shell, Trust, Way},
};
use std::{
    cell::OnceCell,
    env,
    io::{self, IsTerminal},
    path::PathBuf,
    sync::Arc,
};

/// A target, and what led to it.
type Aim = (Target, Session);

#[derive(clap::Args)]
#[command(next_help_heading = "Cluster")]
pub(super) struct TargetArgs {
    /// A cluster of ochami's configuration
    #[arg(short = 'C', long, value_name = "NAME", global = true)]
    cluster: Option<String>,
    /// The address of a cluster's gateway
    #[arg(short = 'u', long, value_name = "URL", global = true)]
    cluster_uri: Option<String>,
    /// Your simulated cluster, another one of yours, or `fresh`: one that ends with this process
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true, default_missing_value = "", global = true)]
    lab: Option<String>,
    /// The access token: `@FILE`, `-` for standard input, `$NAME` for a variable; or the token itself
    #[arg(short = 't', long, value_name = "TOKEN", global = true)]
    token: Option<String>,
    /// Send no token
    #[arg(long, global = true)]
    no_token: bool,
    /// Believe only this certificate authority
    #[arg(long, value_name = "FILE", global = true)]
    cacert: Option<PathBuf>,
    /// Believe any certificate
    #[arg(short = 'k', long, global = true)]
    insecure: bool,
    /// Read this configuration and no other
    #[arg(short = 'c', long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long, conflicts_with = "config", global = true)]
    ignore_config: bool,
    #[command(flatten)]
    care: CareArgs,
    #[command(flatten)]
    tape: TapeArgs,
    /// What the token was found to be: standard input can be read but once.
    #[arg(skip)]
    found: OnceCell<String>,
}

impl TargetArgs {
    /// The token as it stands on the command line.
    pub(super) fn given_token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    fn own_token(&self) -> Result<Option<String>, Fault> {
        if let (Some(given), None) = (&self.token, self.found.get()) {
            let _ = self.found.set(token::read(given)?);
        }
        Ok(self.found.get().cloned())
    }

    /// What the command line and the configuration say together.
    pub(super) fn target(&self) -> Result<Target, Fault> {
        Ok(self.aim(None)?.0)
    }

    /// The same and where it was taken from; a lab goes before what is only configured.
    fn aim(&self, lab: Option<Place>) -> Result<Aim, Fault> {
        let files = match &self.config {
            Some(path) => Files::only(path)?,
            None if self.ignore_config => Files::ours().unread(),
            None => Files::ours(),
        };
        let config = files.load()?;
        let place = |name: &str| match name {
            "" => Place::Lab(None),
            "fresh" => Place::FreshLab,
            name => Place::Lab(Some(name.to_owned())),
        };
        let named = self.cluster.is_some() || self.cluster_uri.is_some();
        let ask = Ask {
            cluster: self.cluster.clone(),
            uri: self.cluster_uri.clone(),
            lab: self.lab.as_deref().map(place).or(lab.filter(|_| !named)),
            token: self.own_token()?,
            no_token: self.no_token,
        };
        let target = ask.target(&config, |name| env::var(name).ok())?;
        if let Some(token) = &target.token {
            secret::register(token);
        }
        let session = Session::on(files, &ask, &config, &target);
        Ok((target, session))
    }

    /// Whether a verb that changes something on this machine may go on.
    pub(super) fn may_write(&self, verb: &str) -> Result<(), Fault> {
        Gate::new(self.care.rules()).outside(verb)
    }

    /// Which of the user's labs, for verbs that are about labs only; none: the default one.
    pub(super) fn lab_name(&self) -> Result<Option<String>, Fault> {
        let named = self.cluster.is_some() || self.cluster_uri.is_some();
        if named || self.tape.replays() {
            let what = "this verb is about labs of yours, and another target was named";
            return Err(Fault::bad_argument(what)
                .hint("leave -C, -u and --replay out; --lab=NAME names another lab of yours"));
        }
        match self.lab.as_deref() {
            Some("fresh") => {
                let message =
                    "a fresh lab ends with its process: there is none to serve or to look at";
                Err(Fault::bad_argument(message).hint("--lab=NAME names another lab of yours"))
            }
            name => Ok(name.filter(|name| !name.is_empty()).map(str::to_owned)),
        }
    }

    /// A shell on that target, in which nobody can be asked.
    pub(super) fn shell(&self, sink: Sink) -> Result<Shell, Fault> {
        let say = Some(screen::say as fn(&str));
        self.opened(None, sink, First::Refused, say)
    }

    /// A shell on that target whose user sits at the prompt.
    pub(super) fn shell_at_prompt(&self, sink: Sink) -> Result<Shell, Fault> {
        self.opened(None, sink, first_write(), None)
    }

    /// A shell on the tape, if one is to be played, else on the target.
    fn opened(
        &self,
        lab: Option<Place>,
        sink: Sink,
        first: First,
        tell: Option<fn(&str)>,
    ) -> Result<Shell, Fault> {
        match self.tape.way()? {
            Some((way, session)) => self.shell_by(way, session, None, sink, (First::Free, tell)),
            None => self.shell_on(self.aim(lab)?, sink, first, tell),
        }
    }

    /// A shell for exercises: on the lab, unless the command line itself names a cluster.
    pub(super) fn shell_for_course(&self, sink: Sink) -> Result<Shell, Fault> {
        self.opened(Some(Place::Lab(None)), sink, First::Refused, None)
    }

    /// Whether the command line says where to work.
    pub(super) fn is_named(&self) -> bool {
        self.lab.is_some() || self.cluster.is_some() || self.cluster_uri.is_some()
    }

    /// Where exercises are worked on that name no lab of their own.
    pub(super) fn course_place(&self) -> Result<Place, Fault> {
        Ok(self.aim(Some(Place::Lab(None)))?.0.place)
    }

    /// A shell for one exercise at the prompt: on a lab of that name, unless the command line names another target.
    pub(super) fn shell_for_exercise(&self, lab: &str, sink: Sink) -> Result<Seat, Fault> {
        if self.tape.replays() {
            let what = "an exercise changes a cluster, and a tape is none";
            return Err(Fault::bad_argument(what).hint("leave --replay out"));
        }
        let (target, session) = self.aim(Some(Place::Lab(Some(lab.to_owned()))))?;
        let shell = self.shell_on((target.clone(), session), sink, first_write(), None)?;
        Ok(Seat {
            prompt: self.prompt_on(&target),
            own: self.lab.is_none() && matches!(target.place, Place::Lab(_)),
            target,
            shell,
        })
    }

    /// A shell on a lab that ends with it.
    pub(super) fn private_shell(&self, sink: Sink) -> Result<Shell, Fault> {
        if self.tape.replays() {
            let what = "this works on a lab of its own, and a tape is none";
            return Err(Fault::bad_argument(what).hint("chami --replay TAPE FILE runs a file"));
        }
        let aim = self.aim(Some(Place::FreshLab))?;
        if aim.0.place != Place::FreshLab {
            let what = "this works on a lab of its own, and a cluster was named";
            return Err(Fault::bad_argument(what).hint(
                "leave -C, -u and --lab out; chami -C NAME FILE runs an exercise on a cluster",
            ));
        }
        self.shell_on(aim, sink, First::Free, None)
    }

    fn shell_on(
        &self,
        (target, session): Aim,
        sink: Sink,
        first: First,
        tell: Option<fn(&str)>,
    ) -> Result<Shell, Fault> {
        let trust = Trust {
            cacert: self.cacert.clone(),
            insecure: self.insecure,
            timeout: self.care.timeout,
            retries: self.care.retries,
        };
        let first = if target.explicit { First::Free } else { first };
        let way = Way::to(&target, trust);
        self.shell_by(way, session, Some(&target), sink, (first, tell))
    }

    fn shell_by(
        &self,
        way: Way,
        session: Session,
        target: Option<&Target>,
        sink: Sink,
        (first, tell): (First, Option<fn(&str)>),
    ) -> Result<Shell, Fault> {
        let gate = Gate::new(Rules {
            target: session.target.clone(),
            first,
            tell,
            ..self.care.rules()
        });
        let mut options = Options::on(way);
        options.session = session;
        // What is played from a tape happens nowhere: its writes are forgotten with it.
        options.journal = target.map_or_else(Setup::memory, |target| journal(target, &options));
        options.gate = Arc::new(gate);
        options.sink = sink;
        options.style = screen::style(Stream::Out);
        if !io::stdout().is_terminal() {
            options.limit = Limit::Whole;
        }
        let shell = Shell::new(options)?;
        self.tape.apply(&shell)?;
        Ok(shell)
    }

    /// What the prompt says of that target.
    pub(super) fn prompt(&self) -> Result<Prompt, Fault> {
        if self.tape.replays() {
            return Ok(Prompt {
                name: "tape".to_owned(),
                real: false,
                notes: Vec::new(),
            });
        }
        Ok(self.prompt_on(&self.target()?))
    }

    fn prompt_on(&self, target: &Target) -> Prompt {
        let notes = [
            (target.place == Place::FreshLab, "fresh"),
            (self.insecure, "insecure"),
            (self.care.read_only, "read-only"),
            (self.care.plan, "plan"),
            (!target.auth, "no token"),
        ];
        Prompt {
            real: matches!(target.place, Place::Gateway(_)),
            name: target.name.clone(),
            notes: notes
                .into_iter()
                .filter(|(so, _)| *so)
                .map(|(_, note)| note)
                .collect(),
        }
    }
}

/// Where a student sits.
pub(super) struct Seat {
    pub(super) shell: Shell,
    pub(super) prompt: Prompt,
    pub(super) target: Target,
    /// The lab is the exercise's own.
    pub(super) own: bool,
}

/// What becomes of the first write on a target that is only configured.
fn first_write() -> First {
    if io::stdin().is_terminal() {
        First::Asked(Box::new(question::agreed))
    } else {
        First::Refused
    }
}

/// Where writes on this target are kept: a lab that ends with its shell takes its journal along.
fn journal(target: &Target, options: &Options) -> Setup {
    let url = match &target.place {
        // A cluster whose services each have an address of their own is known by these.
        Place::Gateway(url) if url.is_empty() => {
            let services: Vec<&str> = target.services.values().map(String::as_str).collect();
            services.join(" ")
        }
        Place::Gateway(url) => secret::hide(url).into_owned(),
        Place::Lab(_) | Place::FreshLab => String::new(),
    };
    let keep = match target.place {
        Place::FreshLab => Keep::Memory,
        _ => Keep::file(Dirs::from_env().map(|dirs| dirs.state)),
    };
    Setup {
        keep,
        target: journal::Target {
            name: target.name.clone(),
            url,
        },
        real: matches!(target.place, Place::Gateway(_)),
        user: journal::user(),
        clock: Arc::clone(&options.clock),
    }
}
