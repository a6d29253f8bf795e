//! Whether what is open is served to other programs of the workstation: plain data; the frame owns the server.

/// How to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeWish {
    /// The port.
    pub port: u16,
    /// Whether only who knows the token in the address may ask.
    pub needs_token: bool,
    /// Origins of web pages that may ask too.
    pub origins: Vec<String>,
}

/// The state of the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Serving {
    /// Nothing listens.
    #[default]
    Off,
    /// It will as soon as the server before it has left the port.
    Starting,
    /// It answers at this address, which ends with a slash.
    On {
        /// With the token, if one is needed.
        url: String,
    },
    /// It could not be started.
    Failed {
        /// Why, for people.
        reason: String,
    },
}

impl Serving {
    /// The address, while it is on.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::On { url } => Some(url),
            Self::Off | Self::Starting | Self::Failed { .. } => None,
        }
    }
}
