//! Routes with their descriptions. There is no other way to add a route, so none goes undescribed.

use std::convert::Infallible;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware;
use axum::routing::{MethodFilter, on};

use crate::closed::{not_so, nothing_here};
use crate::describe::Operation;
use crate::gate;
use crate::manners::Manners;
use crate::{openapi, reference, reply};

/// The address of the description.
pub const OPENAPI: &str = "/v1/openapi.json";
/// The address of the description for people.
pub const REFERENCE: &str = "/v1/docs";

/// Routes, and what each takes and answers.
#[derive(Clone, Debug)]
pub struct Doors<S = ()> {
    router: Router<S>,
    operations: Vec<Operation>,
}

impl<S: Clone + Send + Sync + 'static> Default for Doors<S> {
    fn default() -> Self {
        Self {
            router: Router::new(),
            operations: Vec::new(),
        }
    }
}

impl<S: Clone + Send + Sync + 'static> Doors<S> {
    /// No routes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A further route, as it is described.
    #[must_use]
    pub fn door<H, T>(mut self, operation: Operation, handler: H) -> Self
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
            Some(role) => route.route_layer(middleware::from_fn_with_state(role, gate::lock)),
            None => route,
        };
        self.router = self.router.route(&operation.path, route);
        self.operations.push(operation);
        self
    }

    /// The same routes with something around them.
    #[must_use]
    pub fn around(mut self, wrap: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        self.router = wrap(self.router);
        self
    }

    /// The same routes, with what they work on.
    pub fn with_state(self, state: S) -> Doors {
        Doors {
            router: self.router.with_state(state),
            operations: self.operations,
        }
    }
}

impl Doors {
    /// These routes and others.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.operations.extend(other.operations);
        self
    }

    /// What each route takes and answers.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// All routes, with the description of them, and with what surrounds them.
    pub fn close(self, manners: &Manners) -> Router {
        let described = self.and(description());
        let document = openapi::document(&described.operations);
        let page = reference::page(&described.operations, &document);
        let text = document.to_string();
        let router = described
            .router
            .layer(axum::Extension(Told {
                openapi: text.into(),
                page: page.into(),
            }))
            .fallback(nothing_here);
        // The router names the methods of an address in the outermost of its own answers.
        let whole = Router::new().fallback_service(router);
        manners.around(whole.layer(middleware::from_fn(not_so)))
    }
}

/// The description, written once.
#[derive(Clone)]
struct Told {
    openapi: axum::body::Bytes,
    page: axum::body::Bytes,
}

fn description() -> Doors {
    type Shown = Result<axum::response::Response, Infallible>;
    let openapi = async |told: axum::Extension<Told>, headers: axum::http::HeaderMap| -> Shown {
        Ok(crate::tag::bytes(&headers, reply::JSON, &told.openapi))
    };
    let page = async |told: axum::Extension<Told>, headers: axum::http::HeaderMap| -> Shown {
        let media_type = "text/html; charset=utf-8";
        Ok(crate::tag::bytes(&headers, media_type, &told.page))
    };
    Doors::new()
        .door(openapi::operation(), openapi)
        .door(reference::operation(), page)
}
