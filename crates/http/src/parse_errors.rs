//! Bodies for the answers that hyper gives by itself to what it cannot parse as a request. No
//! router sees these, and they have no body.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::http::StatusCode;
use detente_api::refusal::{Code, Problem, Refusal};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most bytes of an answer of hyper.
const HEAD_MAX: usize = 256;

/// A connection on which such an answer is replaced by a problem.
#[derive(Debug)]
pub(crate) struct WithProblems<S> {
    inner: S,
    /// What is left to write of the last answer.
    rest: Vec<u8>,
}

impl<S: AsyncWrite + Unpin> WithProblems<S> {
    pub(crate) const fn new(inner: S) -> Self {
        Self {
            inner,
            rest: Vec::new(),
        }
    }

    /// Takes a write that is an answer of hyper.
    fn replaces(&mut self, bytes: &[u8]) -> bool {
        let Some(refusal) = refusal_in_place_of(bytes) else {
            return false;
        };
        self.rest = answer(refusal, "connection: close\r\n");
        true
    }

    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.rest.is_empty() {
            let written = ready!(Pin::new(&mut self.inner).poll_write(context, &self.rest))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.rest.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

/// Returns a whole answer with a problem, and further lines of its head.
pub(crate) fn answer(refusal: Refusal, further: &str) -> Vec<u8> {
    let problem = Problem::new(refusal);
    // A problem can be serialised.
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {}\r\ncontent-length: {}\r\n{further}\r\n",
        Problem::MEDIA_TYPE,
        body.len(),
    );
    [head.as_bytes(), &body].concat()
}

/// Returns the refusal in place of an answer of hyper: a head of one of these statuses and nothing
/// else, without the headers that every answer of a router has.
fn refusal_in_place_of(bytes: &[u8]) -> Option<Refusal> {
    let head = std::str::from_utf8(bytes.get(..HEAD_MAX.min(bytes.len()))?).ok()?;
    let (status, headers) = head.strip_prefix("HTTP/1.1 ")?.split_at_checked(3)?;
    let refusal = match status {
        "400" => Refusal::new(Code::BadRequest, "this is not a request of HTTP/1.1"),
        "414" | "431" => Refusal::new(Code::HeadTooLarge, "the head of the request is too large"),
        _ => return None,
    };
    let is_whole = bytes.len() <= HEAD_MAX
        && headers.find("\r\n\r\n") == headers.len().checked_sub(4)
        && headers.contains("\r\ncontent-length: 0\r\n")
        && !headers.contains("\r\ncontent-type:")
        && !headers.contains("\r\nx-request-id:");
    is_whole.then_some(refusal)
}

impl<S: AsyncRead + Unpin> AsyncRead for WithProblems<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WithProblems<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.replaces(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [only] = bytes
            && self.replaces(only)
        {
            return Poll::Ready(Ok(only.len()));
        }
        Pin::new(&mut self.inner).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_rest(context))?;
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_rest(context))?;
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_answers_of_these_statuses_are_replaced() {
        let bare = |status: &str, headers: &str| {
            let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: 0\r\n\r\n");
            refusal_in_place_of(head.as_bytes()).map(|refusal| refusal.code)
        };
        let date = "date: Mon, 30 Nov 2026 13:00:00 GMT\r\nconnection: close\r\n";
        for (status, code) in [
            ("400 Bad Request", Some(Code::BadRequest)),
            ("414 URI Too Long", Some(Code::HeadTooLarge)),
            (
                "431 Request Header Fields Too Large",
                Some(Code::HeadTooLarge),
            ),
            ("200 OK", None),
            ("204 No Content", None),
            ("404 Not Found", None),
        ] {
            assert_eq!(bare(status, ""), code, "{status}");
            assert_eq!(bare(status, date), code, "{status}");
        }
        for headers in ["content-type: text/plain\r\n", "x-request-id: 7\r\n"] {
            assert_eq!(bare("400 Bad Request", headers), None, "{headers}");
        }
        let followed = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK";
        assert!(refusal_in_place_of(followed).is_none());
        assert!(refusal_in_place_of("HTTP/1.1 40\u{434}".as_bytes()).is_none());
    }
}
