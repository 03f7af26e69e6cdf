//! The HTTP and WebSocket adapter: routes, problem documents, the seed's API, the web app's files.
