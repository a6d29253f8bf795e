//! Panels and widgets. A panel reads the document, edits its own state and says what the user meant.
