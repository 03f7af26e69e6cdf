//! The OpenAPI document: the routes' own descriptions, and the answers that follow from what a route needs.

use domain::ErrorCode;
use protocol::ProblemDto;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Info, OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder, Schema};
use utoipa::{OpenApi as _, PartialSchema};

/// The shapes no route names by itself.
#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(ProblemDto)))]
struct Common;

/// Gives the document that routes are added to.
pub(crate) fn base() -> OpenApi {
    let mut info = Info::new("Chinwag", env!("CARGO_PKG_VERSION"));
    info.description = Some("The HTTP API of Chinwag, a self-hosted real-time chat.".to_owned());
    let mut api: OpenApi = OpenApiBuilder::from(Common::openapi()).info(info).build();
    let components = api.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let token = ApiKeyValue::with_description("token", "An access token, on the socket only.");
    components.add_security_scheme("token", SecurityScheme::ApiKey(ApiKey::Query(token)));
    let refresh = ApiKeyValue::with_description(crate::answer::REFRESH_COOKIE, "The refresh token.");
    components.add_security_scheme("refresh", SecurityScheme::ApiKey(ApiKey::Cookie(refresh)));
    api
}

/// Adds the answers that follow from what each route needs, and the list of error codes.
pub(crate) fn complete(api: &mut OpenApi) {
    for (path, item) in &mut api.paths.paths {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        for operation in operations.into_iter().flatten() {
            add_problems(path, operation);
            add_summary(operation);
        }
    }
    list_codes(api);
}

fn add_problems(path: &str, operation: &mut Operation) {
    let has_body = operation.request_body.is_some();
    let has_parameters = operation.parameters.as_ref().is_some_and(|parameters| !parameters.is_empty());
    let signed_in = operation.security.is_some();
    let is_api = !matches!(path, "/healthz" | "/readyz" | "/metrics");
    let following = [
        (has_body, "400", "`bad_request`: the body can't be understood"),
        (signed_in, "401", "`unauthenticated` or `token_expired`"),
        (path.contains('{'), "404", "`not_found`: it isn't there, or not visible to the caller"),
        (has_body, "408", "`timeout`: the body didn't arrive in time"),
        (has_body, "413", "`too_large`"),
        (has_body, "415", "`unsupported_media_type`"),
        (has_body || has_parameters, "422", "`invalid` or `too_long`: `errors` has every fault"),
        (is_api && (signed_in || has_body), "429", "`rate_limited` or `too_many`"),
        (true, "500", "`internal`"),
        (is_api, "503", "`unavailable` or `overloaded`"),
        (is_api, "504", "`timeout`: it isn't known whether it was done"),
        (is_api && has_body, "507", "`storage_full`"),
    ];
    let responses = &mut operation.responses.responses;
    for (_, status, description) in following.into_iter().filter(|(applies, ..)| *applies) {
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(Response::new(description)));
    }
    for (status, response) in responses {
        let is_error = status.starts_with('4') || status.starts_with('5');
        if let (true, RefOr::T(response)) = (is_error, response) {
            *response = problem(&response.description);
        }
    }
}

fn problem(description: &str) -> Response {
    let schema = RefOr::Ref::<Schema>(Ref::from_schema_name("ProblemDto"));
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

/// A description of one sentence serves as the summary alone.
fn add_summary(operation: &mut Operation) {
    if operation.summary.is_none() {
        operation.summary = operation.description.take();
    }
}

fn list_codes(api: &mut OpenApi) {
    let RefOr::T(Schema::Object(mut schema)) = ProblemDto::schema() else {
        return;
    };
    if let Some(RefOr::T(Schema::Object(code))) = schema.properties.get_mut("code") {
        code.enum_values = Some(ErrorCode::ALL.iter().map(|code| code.as_str().into()).collect());
    }
    let components = api.components.get_or_insert_default();
    components.schemas.insert("ProblemDto".to_owned(), RefOr::T(Schema::Object(schema)));
}
