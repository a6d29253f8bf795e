//! Who may ask. Another program, another web page and another user of the workstation can all reach a loopback port; this stands
//! before every protocol, in this order: host, origin, method, access token, path.

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::uri::{Authority, PathAndQuery, Uri};
use axum::http::{Method, Request, Response, StatusCode};
use percent_encoding::percent_decode_str;

use super::ServeError;
use super::reply::{not_found, refusal};
use super::token::Token;

/// The names under which this machine reaches itself.
const HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];
const METHODS: &str = "GET, HEAD, OPTIONS";

/// Who may ask a server at one port.
#[derive(Debug)]
pub(super) struct Guard {
    port: u16,
    token: Option<Token>,
    /// Of other web pages that the user lets in.
    origins: Vec<String>,
}

/// How the client calls this server, for the URLs in answers: `http://localhost:8080`, with the token's part of the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BaseUrl(pub(super) String);

/// A request that may be answered.
#[derive(Debug)]
pub(super) struct Admitted {
    /// The request, its path without the token, with its [`BaseUrl`] as an extension.
    pub(super) request: Request<Body>,
    /// The origin of the web page that asked, if one did.
    pub(super) origin: Option<HeaderValue>,
}

impl Guard {
    /// For a port. Each of `origins` is one of web pages that may ask.
    pub(super) fn new(port: u16, token: Option<Token>, origins: &[String]) -> Result<Self, ServeError> {
        let origins = origins.iter().map(|origin| checked_origin(origin)).collect::<Result<_, _>>()?;
        Ok(Self { port, token, origins })
    }

    /// The address to hand out, ending with a slash.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}{}/", self.port, self.prefix())
    }

    /// What stands before every path.
    fn prefix(&self) -> String {
        self.token.as_ref().map(|token| format!("/t/{}", token.text())).unwrap_or_default()
    }

    /// Lets a request pass, or says what to answer instead.
    pub(super) fn admit(&self, mut request: Request<Body>) -> Result<Admitted, Box<Response<Body>>> {
        let host = self.host(&request)?;
        let origin = self.origin(request.headers())?;
        match *request.method() {
            Method::GET | Method::HEAD => {}
            Method::OPTIONS => return Err(Box::new(with_origin(options(), origin.as_ref()))),
            _ => return Err(Box::new(wrong_method())),
        }
        let path = self.path(request.uri())?;
        *request.uri_mut() = path;
        request.extensions_mut().insert(BaseUrl(format!("http://{host}{}", self.prefix())));
        Ok(Admitted { request, origin })
    }

    /// The host as the client calls it.
    fn host(&self, request: &Request<Body>) -> Result<String, Box<Response<Body>>> {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return Err(Box::new(refusal(StatusCode::BAD_REQUEST, "A request needs one Host.\n")));
        };
        let host = host.to_str().ok().filter(|host| self.is_own(host));
        let named_in_line = request.uri().authority().map(Authority::as_str);
        match host {
            Some(host) if named_in_line.is_none_or(|name| self.is_own(name)) => Ok(host.to_ascii_lowercase()),
            _ => Err(Box::new(refusal(StatusCode::FORBIDDEN, "This server answers to this machine only.\n"))),
        }
    }

    fn is_own(&self, host: &str) -> bool {
        HOSTS.iter().any(|known| {
            host.get(..known.len()).is_some_and(|name| name.eq_ignore_ascii_case(known))
                && host.get(known.len()..).is_some_and(|rest| self.is_own_port(rest))
        })
    }

    /// The port is written just as it is; what browsers leave out is left out.
    fn is_own_port(&self, rest: &str) -> bool {
        rest == format!(":{}", self.port) || (self.port == 80 && rest.is_empty())
    }

    fn origin(&self, headers: &HeaderMap) -> Result<Option<HeaderValue>, Box<Response<Body>>> {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let refused =
            || Box::new(refusal(StatusCode::FORBIDDEN, "This web page may not ask; list its origin first.\n"));
        match (origins.next(), origins.next()) {
            (None, _) => Ok(None),
            (Some(origin), None) => {
                let text = origin.to_str().map_err(|_| refused())?;
                let own = text.strip_prefix("http://").is_some_and(|host| self.is_own(host));
                let listed = || self.origins.iter().any(|listed| listed.eq_ignore_ascii_case(text));
                if own || listed() { Ok(Some(origin.clone())) } else { Err(refused()) }
            }
            (Some(_), Some(_)) => Err(refused()),
        }
    }

    /// The path without the token's part, if nothing in it looks for a file.
    fn path(&self, uri: &Uri) -> Result<Uri, Box<Response<Body>>> {
        let whole = uri.path();
        let nothing = || Box::new(not_found());
        let path = match &self.token {
            None => whole,
            Some(token) => {
                let (given, rest) = whole.strip_prefix("/t/").map(split_first).ok_or_else(|| Box::new(no_token()))?;
                if !token.is(given) {
                    return Err(Box::new(no_token()));
                }
                if rest.is_empty() { "/" } else { rest }
            }
        };
        if !path.split('/').all(is_plain) {
            return Err(nothing());
        }
        let with_query = match uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        with_query.parse::<PathAndQuery>().map(Uri::from).map_err(|_| nothing())
    }
}

/// What stands before the next slash, and the rest from there on.
fn split_first(path: &str) -> (&str, &str) {
    path.find('/').map_or((path, ""), |at| path.split_at(at))
}

/// Whether a part of a path can be a name: no way up, no drive, no stream, nothing that only a file system understands.
fn is_plain(part: &str) -> bool {
    let Ok(decoded) = percent_decode_str(part).decode_utf8() else { return false };
    let is_strange =
        |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '%' | '*' | '?' | '"' | '<' | '>' | '|');
    let is_dots = decoded.starts_with('.') && decoded.chars().all(|c| c == '.');
    !is_dots && !decoded.chars().any(is_strange)
}

fn no_token() -> Response<Body> {
    refusal(StatusCode::FORBIDDEN, "An access token is needed: take the whole URL that cogscope shows.\n")
}

fn wrong_method() -> Response<Body> {
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, "Only GET, HEAD and OPTIONS are understood.\n");
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(METHODS));
    response
}

fn options() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(METHODS));
    response
}

/// Lets the web page that asked read the answer. No other: never `*`.
pub(super) fn with_origin(mut response: Response<Body>, origin: Option<&HeaderValue>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        let mut put = |name, value| headers.insert(name, value);
        put(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        put(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
        put(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Range, If-Range, If-None-Match"));
        let exposed = "Accept-Ranges, Content-Length, Content-Range, ETag";
        put(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
    }
    response
}

/// An origin is a scheme, a host and perhaps a port, nothing more.
fn checked_origin(text: &str) -> Result<String, ServeError> {
    let wrong = || ServeError::Origin { origin: text.to_owned() };
    let text = text.trim().trim_end_matches('/');
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://")).ok_or_else(wrong)?;
    let authority: Authority = host.parse().map_err(|_| wrong())?;
    if host.contains(['@', '*']) || authority.host().is_empty() || authority.as_str() != host {
        return Err(wrong());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(token: Option<Token>) -> Guard {
        Guard::new(8080, token, &["https://maps.example.org".to_owned()]).unwrap()
    }

    fn request(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
        let mut request = Request::builder().uri(path);
        for &(name, value) in headers {
            request = request.header(name, value);
        }
        request.body(Body::empty()).unwrap()
    }

    fn status(guard: &Guard, path: &str, headers: &[(&str, &str)]) -> u16 {
        guard.admit(request(path, headers)).map_or_else(|refused| refused.status().as_u16(), |_| 200)
    }

    const OWN: (&str, &str) = ("host", "localhost:8080");

    #[test]
    fn the_host_is_this_machine_at_this_port() {
        let host = |host: &str| status(&guard(None), "/wms", &[("host", host)]);
        for own in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LocalHost:8080"] {
            assert_eq!(host(own), 200, "{own}");
        }
        for foreign in [
            "localhost",
            "127.0.0.1",
            "localhost:80",
            "localhost:08080",
            "localhost:80801",
            "127.0.0.1.evil.com:8080",
            "localhost@evil:8080",
            "localhost.evil.com:8080",
            "evil.com",
            "evil.com:8080",
            "0.0.0.0:8080",
            "127.1:8080",
            "127.0.0.2:8080",
            "2130706433:8080",
            "[::]:8080",
            "::1:8080",
            "[::ffff:127.0.0.1]:8080",
            "localhost.:8080",
            "",
            ":8080",
            "localhost:8080 ",
            "localhost:8080,evil.com",
            "user@localhost:8080",
        ] {
            assert_eq!(host(foreign), 403, "{foreign}");
        }
        assert_eq!(status(&guard(None), "/wms", &[]), 400);
        assert_eq!(status(&guard(None), "/wms", &[OWN, OWN]), 400);
        assert_eq!(status(&guard(None), "http://evil.com:8080/wms", &[OWN]), 403);
        assert_eq!(status(&guard(None), "http://127.0.0.1:8080/wms", &[OWN]), 200);
    }

    #[test]
    fn the_origin_is_this_server_or_one_that_the_user_listed() {
        let origin = |origin: &str| status(&guard(None), "/wms", &[OWN, ("origin", origin)]);
        for known in ["http://localhost:8080", "http://[::1]:8080", "https://maps.example.org"] {
            assert_eq!(origin(known), 200, "{known}");
        }
        for foreign in [
            "null",
            "",
            "*",
            "https://evil.com",
            "http://localhost",
            "http://localhost:8081",
            "file://",
            "http://maps.example.org",
            "https://maps.example.org.evil.com",
            "https://localhost:8080",
        ] {
            assert_eq!(origin(foreign), 403, "{foreign}");
        }
        let two = [OWN, ("origin", "http://localhost:8080"), ("origin", "https://evil.com")];
        assert_eq!(status(&guard(None), "/wms", &two), 403);
    }

    #[test]
    fn the_token_stands_before_the_path_and_is_taken_off() {
        let token = Token::random().unwrap();
        let path = format!("/t/{}/wms?a=/t/b", token.text());
        let guard = guard(Some(token.clone()));
        let admitted = guard.admit(request(&path, &[OWN])).unwrap();
        assert_eq!(admitted.request.uri(), "/wms?a=/t/b");
        let base = admitted.request.extensions().get::<BaseUrl>().unwrap();
        assert_eq!(base.0, format!("http://localhost:8080/t/{}", token.text()));
        assert_eq!(status(&guard, &format!("/t/{}", token.text()), &[OWN]), 200);
        for path in ["/wms", "/t/", "/t//wms", "/t/0/wms", "/t", "/", &format!("/t/{}0/wms", token.text())] {
            assert_eq!(status(&guard, path, &[OWN]), 403, "{path}");
        }
    }

    #[test]
    fn what_looks_for_a_file_finds_nothing() {
        for path in [
            "/cogs/../etc/passwd",
            "/cogs/..%2f..%2fetc%2fpasswd",
            "/cogs/%2e%2e/x",
            "/cogs/%5c%5chost%5cshare",
            "/C:/x",
            "/cogs/C%3A%5Cx.tif",
            "/cogs/%5C%5C%3F%5CC%3A",
            "/cogs/a%00.tif",
            "/cogs/file.tif:stream",
            "/cogs/%252e%252e",
            "/cogs/.",
            "/cogs/%ff",
            "/cogs/%0a",
        ] {
            let refused = guard(None).admit(request(path, &[OWN])).unwrap_err();
            assert_eq!(refused.status(), 404, "{path}");
        }
        for path in ["/", "/tiles/mosaic/3/1/2.png", "/cog/point/10.5,50.25", "/cog/point/-1%2C2", "/a/.well-known"] {
            assert_eq!(status(&guard(None), path, &[OWN]), 200, "{path}");
        }
    }

    #[test]
    fn other_methods_are_refused_after_the_host() {
        let with = |method: Method, host: &str| {
            let mut request = request("/wms", &[("host", host)]);
            *request.method_mut() = method;
            guard(None).admit(request).map_or_else(|refused| refused.status().as_u16(), |_| 200)
        };
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::TRACE, Method::CONNECT, Method::PATCH] {
            assert_eq!(with(method.clone(), OWN.1), 405, "{method}");
            assert_eq!(with(method, "evil.com"), 403);
        }
        assert_eq!(with(Method::HEAD, OWN.1), 200);
        assert_eq!(with(Method::OPTIONS, OWN.1), 204);
        assert_eq!(with(Method::OPTIONS, "evil.com"), 403);
    }

    #[test]
    fn an_origin_to_let_in_is_checked() {
        for wrong in ["", "*", "evil.com", "http://", "http://a/b", "http://a@b", "ftp://a", "http://*.a", "null"] {
            assert!(Guard::new(1, None, &[wrong.to_owned()]).is_err(), "{wrong}");
        }
        assert!(Guard::new(1, None, &["http://localhost:8050/".to_owned()]).is_ok());
    }
}
