//! Brings a lab into the end states that an exercise needs, by public calls alone.
use super::{
    course::{Course, Exercise},
    session::Session,
    text::is_exercise,
};
use crate::{fault::Fault, shell::Report};

/// What a state's script needs first, from its first line: `-- needs: 301 402`.
const NEEDS: &str = "-- needs:";

/// The builders of these states and of all they need themselves, in the order in which they must run, each once.
pub(super) fn plan<'a>(
    course: &'a Course,
    session: &Session,
    needs: &[String],
) -> Result<Vec<&'a Exercise>, Report> {
    let mut order = Vec::new();
    gather(course, session, needs, &mut Vec::new(), &mut order)?;
    Ok(order)
}

fn gather<'a>(
    course: &'a Course,
    session: &Session,
    needs: &[String],
    above: &mut Vec<String>,
    order: &mut Vec<&'a Exercise>,
) -> Result<(), Report> {
    for id in needs {
        if above.contains(id) {
            let round = format!("{} → {id}", above.join(" → "));
            let fault = Fault::bad_argument(format!("states need one another: {round}"));
            return Err(fault.into());
        }
        let builder = course.builder(id).ok_or_else(|| {
            Fault::bad_argument(format!(
                "needs {id}: no exercise and no states/{id}.lua gives it"
            ))
        })?;
        if order.iter().any(|known| known.path == builder.path) {
            continue;
        }
        above.push(id.clone());
        gather(course, session, &own_needs(session, builder)?, above, order)?;
        above.pop();
        order.push(builder);
    }
    Ok(())
}

fn own_needs(session: &Session, builder: &Exercise) -> Result<Vec<String>, Report> {
    if is_exercise(&builder.text) {
        return Ok(session.open(builder)?.header.needs);
    }
    let first = builder.text.lines().next().unwrap_or_default();
    let listed = first.strip_prefix(NEEDS).unwrap_or_default();
    Ok(listed.split_whitespace().map(str::to_owned).collect())
}

/// Empties the lab and builds these states in it.
pub(super) fn build(course: &Course, session: &Session, needs: &[String]) -> Result<(), Report> {
    let order = plan(course, session, needs)?;
    session.reset()?;
    for builder in order {
        session.script(builder)?;
    }
    Ok(())
}

/// The same for one script, even where an exercise of its number exists.
pub(super) fn build_with(
    course: &Course,
    session: &Session,
    script: &Exercise,
) -> Result<(), Report> {
    build(course, session, &own_needs(session, script)?)?;
    session.script(script)
}
