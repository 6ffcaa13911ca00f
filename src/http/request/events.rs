//! Server-sent events: an answer without an end, read as it comes.
use super::{Place, Request, body};
use crate::{
    fault::{Fault, Kind},
    http::{Base, answer::Answer, blame::Lost},
};
use reqwest::Response;
use std::time::Duration;

/// Who sends events says at least that it is still there, each quarter of a minute.
const QUIET: Duration = Duration::from_secs(60);
/// No time is too long for the whole of them.
const ENDLESS: Duration = Duration::from_secs(u32::MAX as u64);
/// No event is so long.
const MOST: usize = 1 << 20;

/// What happened: which sort of thing, and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub name: String,
    pub data: String,
}

/// Events as they come; dropped, it hangs up.
pub struct Events {
    response: Response,
    text: Text,
}

impl Request {
    /// Asks for events. The answer is that they are sent from now on; nobody who watches the session is told, and a tape
    /// has none.
    pub async fn events(self) -> Result<Events, Fault> {
        if self.http.shared.options.play.is_some() {
            let message = "a tape holds what was asked and answered, and no events";
            return Err(Fault::new(Kind::Unsupported, message));
        }
        let request = self.timeout(ENDLESS).header("accept", "text/event-stream");
        let place = request.place.clone()?;
        let locate = &request.http.shared.locate;
        let base = request.http.armed(locate.base().await?);
        let lost = match request.listen(&place, &base).await {
            Err(lost) if lost.never_sent => lost,
            heard => return heard.map_err(|lost| lost.fault),
        };
        match locate.again(&base).await? {
            Some(base) => {
                let base = request.http.armed(base);
                let heard = request.listen(&place, &base).await;
                heard.map_err(|lost| lost.fault)
            }
            None => Err(lost.fault),
        }
    }

    async fn listen(&self, place: &Place, base: &Base) -> Result<Events, Lost> {
        let url = self.target(place, base)?;
        let line = self.line(&url);
        let asked = self.asked(&line, &url, base);
        let response = self.sent(place, &asked).await?;
        if response.status().is_success() {
            let text = Text::default();
            return Ok(Events { response, text });
        }
        let answer = Answer {
            status: response.status().as_u16(),
            headers: Vec::new(),
            body: body::read(response, &asked).await?,
            line: line.clone(),
            service: self.service.map(str::to_owned),
            denied: None,
        };
        Err(answer.fault().into())
    }
}

impl Events {
    /// The next one; none when there are no more, because they ended or whoever sent them is gone.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.text.take() {
                return Some(event);
            }
            let piece = tokio::time::timeout(QUIET, self.response.chunk()).await;
            self.text.rest.extend_from_slice(&piece.ok()?.ok()??);
            if self.text.rest.len() > MOST {
                return None;
            }
        }
    }
}

/// What has come and makes no event yet.
#[derive(Default)]
struct Text {
    rest: Vec<u8>,
    name: String,
    data: Vec<String>,
}

impl Text {
    /// Reads line by line until an event is whole: an empty line ends it. Other fields and comments say nothing here.
    fn take(&mut self) -> Option<Event> {
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_end_matches(['\n', '\r']);
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut self.name),
                "data" => self.data.push(value.to_owned()),
                "" if line.is_empty() => {
                    let (name, data) = (
                        std::mem::take(&mut self.name),
                        std::mem::take(&mut self.data),
                    );
                    if !data.is_empty() {
                        let data = data.join("\n");
                        return Some(Event { name, data });
                    }
                }
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_whole_however_they_are_cut() {
        let sent = ": a comment\n\nevent: stage\ndata: {\"what\":\"é\"}\n\nid: 7\r\ndata: a\r\ndata:b\r\n\r\nevent: none\n\n\
                    event: half\ndata: x\n";
        let mut text = Text::default();
        let mut seen = Vec::new();
        for byte in sent.bytes() {
            text.rest.push(byte);
            seen.extend(text.take().map(|event| (event.name, event.data)));
        }
        let expected = [("stage", "{\"what\":\"é\"}"), ("", "a\nb")];
        assert_eq!(
            seen,
            expected.map(|(name, data)| (name.to_owned(), data.to_owned()))
        );
    }
}
