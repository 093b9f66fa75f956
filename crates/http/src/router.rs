//! Routes with their descriptions. There is no other way to add a route of the API, so each is
//! described. Pages for people are not part of it.

use axum::body::Bytes;
use axum::handler::Handler;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use axum::{Router, middleware};
use detente_api::refusal::Code;

use crate::describe::Operation;
use crate::fallback::{catch_panics, method_not_allowed, not_found};
use crate::middleware::MiddlewareConfig;
use crate::{auth, etag, openapi, reference, reply};

/// Routes and their descriptions.
#[derive(Clone, Debug)]
pub struct ApiRouter<S = ()> {
    router: Router<S>,
    operations: Vec<Operation>,
}

// === impl ApiRouter ===

impl<S: Clone + Send + Sync + 'static> Default for ApiRouter<S> {
    fn default() -> Self {
        Self {
            router: Router::new(),
            operations: Vec::new(),
        }
    }
}

impl<S: Clone + Send + Sync + 'static> ApiRouter<S> {
    /// Returns a router without routes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a route with its description, which also contains the role that it requires.
    #[must_use]
    pub fn route<H, T>(mut self, operation: Operation, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let filter = match operation.method {
            Method::POST => MethodFilter::POST,
            Method::DELETE => MethodFilter::DELETE,
            _ => MethodFilter::GET,
        };
        let route = on(filter, handler);
        let route = match operation.needs {
            Some(role) => {
                route.route_layer(middleware::from_fn_with_state(role, auth::require_role))
            }
            None => route,
        };
        self.router = self.router.route(&operation.path, route);
        self.operations.push(with_common_refusals(operation));
        self
    }

    /// Changes the axum router, such as by a layer.
    #[must_use]
    pub fn map_router(mut self, change: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        self.router = change(self.router);
        self
    }

    /// Answers panics of these routes with `answer`, and logs them under the name of the service.
    #[must_use]
    pub fn catch_panics(self, service: &'static str, answer: fn() -> Response) -> Self {
        self.map_router(|router| catch_panics(router, service, answer))
    }

    /// Provides the state of the handlers.
    pub fn with_state(self, state: S) -> ApiRouter {
        ApiRouter {
            router: self.router.with_state(state),
            operations: self.operations,
        }
    }
}

/// Adds the codes of the connection, of the path and of content codings.
fn with_common_refusals(operation: Operation) -> Operation {
    let path = operation.path.contains('{').then_some(Code::BadUtf8);
    let body = (!operation.bodies.is_empty()).then_some(Code::BadContentEncoding);
    let further = path.into_iter().chain(body);
    let codes = [Code::NotAcceptable, Code::TooManyConnections].into_iter();
    operation.refuses(&codes.chain(further).collect::<Vec<_>>())
}

impl ApiRouter {
    /// Adds the routes of another router.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.operations.extend(other.operations);
        self
    }

    /// Adds pages for people, which the description leaves out. They ask for the caller's role
    /// themselves.
    #[must_use]
    pub fn pages(mut self, pages: Router) -> Self {
        self.router = self.router.merge(pages);
        self
    }

    /// Returns the axum router: all routes with their description, fallbacks and middleware.
    pub fn finish(self, config: &MiddlewareConfig) -> Router {
        let mut operations = self.operations.clone();
        operations.extend([openapi::operation(), reference::operation()]);
        let document = openapi::document(&operations);
        let page = Bytes::from(reference::page(&operations, &document));
        let document = Bytes::from(document.to_string());
        let document =
            async move |headers: HeaderMap| etag::bytes(&headers, reply::JSON, &document);
        let page = async move |headers: HeaderMap| {
            etag::bytes(&headers, "text/html; charset=utf-8", &page)
        };
        let described = self
            .route(openapi::operation(), document)
            .route(reference::operation(), page);
        let router = described.router.fallback(not_found);
        // The router adds the methods of a path to the outermost of its own answers.
        let whole = Router::new().fallback_service(router);
        config.layers(whole.layer(middleware::from_fn(method_not_allowed)))
    }
}
