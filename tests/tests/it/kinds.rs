//! Kinds that explain themselves: over HTTP, over gRPC, and on the command line without a server.

use crate::helpers::{answer_to, get, report, stderr, words};
use detente_api::proto;
use detente_grpc::proto::relation_service_client::RelationServiceClient;
use detente_tests::product::{Product, run};
use serde_json::Value;
use tonic::transport::Endpoint;

/// An address without a server.
const NO_SERVER: &str = "http://127.0.0.1:9";

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_lists_kinds_and_accepts_their_examples() {
    let product = Product::temporary(&[]);
    let all = get(&product, "/v1/kinds").await;
    let all = all["items"].as_array().unwrap();
    let examples: Vec<&Value> = all.iter().map(|kind| &kind["example"]).collect();
    let reported = report(&product, &serde_json::to_value(examples).unwrap()).await;
    assert_eq!(reported.status, 201, "{}", reported.body);

    let one = get(&product, "/v1/kinds/force.used?lang=ru").await;
    assert_eq!(
        (&one["label"], &one["lang"]),
        (&"применение силы".into(), &"ru".into())
    );
    for (path, code) in [
        ("/v1/kinds/airstrike", "unknown_kind"),
        ("/v1/kinds/force.used?lang=fr", "bad_query"),
    ] {
        let refused = answer_to(&product, path).await;
        assert_eq!(refused.body["code"], code, "{path}");
    }
    let refused = answer_to(&product, "/v1/kinds/airstrike").await;
    assert_eq!(refused.body["refusals"][0]["allowed"][0], "force.used");

    let output = product.client(&words("kinds force.used --lang ru -o json"));
    assert_eq!(parsed(&output.stdout), one, "{}", stderr(&output));
    assert_eq!(stderr(&output), "");

    let endpoint = Endpoint::from_shared(product.grpc.clone()).unwrap();
    let mut service = RelationServiceClient::new(endpoint.connect().await.unwrap());
    let listed = service.list_kinds(proto::ListKindsRequest::default()).await;
    assert_eq!(listed.unwrap().into_inner().items.len(), all.len());
    let asked = proto::GetKindRequest {
        kind: "force.used".to_owned(),
        lang: "ru".to_owned(),
    };
    let kind = service
        .get_kind(asked)
        .await
        .unwrap()
        .into_inner()
        .kind
        .unwrap();
    assert_eq!(one["description"], kind.description);
    assert_eq!(one["example"], parsed(kind.example_json.as_bytes()));
}

#[test]
fn the_built_in_rulebook_answers_without_a_server() {
    let kinds = |line: &str| {
        let mut args = words(line);
        args.extend(["--server", NO_SERVER]);
        let output = run(&args);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", stderr(&output));
        assert!(stderr(&output).contains("built-in rulebook"), "{line}");
        output.stdout
    };
    let all = parsed(&kinds("kinds -o json"));
    let one = parsed(&kinds("kinds force.used -o json"));
    assert!(all["items"].as_array().unwrap().contains(&one));

    let text = String::from_utf8(kinds("kinds force.used --lang ar")).unwrap();
    assert!(text.starts_with("force.used: استخدام القوة\n"), "{text}");
    assert_eq!(
        parsed(text.lines().last().unwrap().as_bytes()),
        one["example"]
    );

    let list = String::from_utf8(kinds("kinds")).unwrap();
    let place = |code: &str| list.lines().position(|line| line.starts_with(code));
    // By family, not in the order of precedence.
    assert_eq!(
        place("war.ended"),
        place("war.began").map(|place| place + 1)
    );

    let output = run(&["kinds", "treaty.signed"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("agreement.signed"),
        "{}",
        stderr(&output)
    );
}
