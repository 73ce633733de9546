//! The other services: numbers, conferencing, locations, voice applications, Graph.

mod common;

use common::{reply, tenant};
use dialtone_http::{Request, fetch};
use serde_json::{Value, json};

const ASSIGN: &str = "/Skype.TelephoneNumberMgmt/cmdlet/assignments";

#[test]
fn numbers_are_assigned_by_the_rules() {
    let t = tenant();
    let (one, other) = (t.upn(0), t.upn(1));
    let free = t.get(&format!("{ASSIGN}?pstnAssignmentStatus=Unassigned&capabilitiesContain=UserAssignment&top=3"));
    let number = free[0]["TelephoneNumber"].as_str().unwrap().to_owned();
    let give = |upn: &str, number: &str, kind: &str| {
        format!("{ASSIGN}?identity={upn}&phoneNumber={}&phoneNumberType={kind}", number.replace('+', "%2B"))
    };
    t.refused("PATCH", &give(&one, &number, "CallingPlan"), Value::Null, 400, "lacks appropriate licenses");
    t.refused("PATCH", &give(&one, "+19995550000", "CallingPlan"), Value::Null, 400, "is not found from tenant");
    t.done("PATCH", &give(&one, "+19995550000", "DirectRouting"), Value::Null);
    t.refused(
        "PATCH",
        &give(&other, "+19995550000", "DirectRouting"),
        Value::Null,
        400,
        "already been assigned to another user",
    );
    t.refused("PATCH", &give("nobody", "+19995550001", "DirectRouting"), Value::Null, 404, "not found");
    let user = t.get(&format!("/Teams.User/users/{one}"));
    assert_eq!((&user["lineUri"], &user["enterpriseVoiceEnabled"]), (&json!("tel:+19995550000"), &json!(true)));
    let listed = t.get(&format!("{ASSIGN}?assignedPstnTargetId={one}"));
    assert_eq!(listed[0]["PstnAssignmentStatus"], "UserAssigned");
    assert_eq!(t.delete(&format!("{ASSIGN}/{one}?removeAll=true")).0, 204);
    assert_eq!(t.get(&format!("/Teams.User/users/{one}"))["enterpriseVoiceEnabled"], false);
    assert_eq!(t.get(&format!("{ASSIGN}?telephoneNumberStartsWith=%2B1999")), json!([]));
    assert_eq!(t.status(&format!("{ASSIGN}?filter=Nonsense%20-eq%201")), 400);
}

#[test]
fn a_number_order_runs_from_search_to_inventory() {
    let t = tenant();
    let searches = "/Skype.TelephoneNumberMgmt/cmdlet/searches";
    let (status, order) = t.send("POST", searches, json!({"Name": "n", "Description": "d", "Country": "US", "NumberType": "UserSubscriber", "Quantity": 3, "AreaCode": "425"}));
    assert_eq!(status, 200, "{order}");
    let path = format!("{searches}/{}", order["Id"].as_str().unwrap());
    let order = t.get(&path);
    assert_eq!((&order["Status"], order["TelephoneNumbers"].as_array().unwrap().len()), (&json!("Reserved"), 3));
    t.done("POST", &path, json!({"Action": "Complete"}));
    t.refused("POST", &path, json!({"Action": "Cancel"}), 400, "Completed");
    assert!(t.get(&format!("{ASSIGN}?telephoneNumberStartsWith=%2B1425")).as_array().unwrap().len() >= 3);
    let (status, upload) = t.send(
        "POST",
        "/Skype.TelephoneNumberMgmt/cmdlet/direct-routing-telephone-number-orders",
        json!({"StartingNumber": "+15550100", "EndingNumber": "+15550109"}),
    );
    assert_eq!(status, 202, "{upload}");
    let upload = t.get(&format!("/Skype.TelephoneNumberMgmt/cmdlet/orders/{}", upload["Id"].as_str().unwrap()));
    assert_eq!((&upload["Status"], &upload["SuccessCount"]), (&json!("Completed"), &json!(10)));
}

#[test]
fn dial_plans_are_applied_in_order() {
    let t = tenant();
    let plan = json!({"Identity": "Plan", "NormalizationRules": [
        {"Name": "Four", "Pattern": "^(\\d{4})$", "Translation": "+1206555$1"},
        {"Name": "Any", "Pattern": "^(\\d+)$", "Translation": "+1$1"}]});
    t.done("POST", "/Skype.Policy/configurations/TenantDialPlan", plan);
    let upn = t.upn(0);
    t.done("PATCH", &format!("/Skype.Policy/users/{upn}/policies/TenantDialPlan"), json!({"PolicyName": "Plan"}));
    let effective = t.get(&format!("/Skype.Policy/effectiveTenantDialPlan/{upn}"));
    let name = effective["EffectiveTenantDialPlanName"].as_str().unwrap();
    assert!(name.starts_with(&t.mock.tenant_id) && name.ends_with("_Plan"), "{name}");
    let (_, tested) = t.send("POST", "/Skype.Policy/effectiveTenantDialPlan/test/1234", json!({"Identity": upn}));
    assert_eq!(
        (&tested["TranslatedNumber"], &tested["MatchingRule"]["Name"]),
        (&json!("+12065551234"), &json!("Four"))
    );
    let (_, tested) =
        t.send("POST", "/Skype.Policy/effectiveTenantDialPlan/test/x", json!({"EffectiveTenantDialPlanName": name}));
    assert_eq!(tested["TranslatedNumber"], Value::Null);
}

#[test]
fn the_conference_bridge_keeps_its_default_number() {
    let t = tenant();
    let bridge = t.get("/Teams.Cpc/bridges")[0].clone();
    let id = bridge["Identity"].as_str().unwrap();
    let number = bridge["ServiceNumbers"][1]["Number"].as_str().unwrap();
    t.refused(
        "PUT",
        &format!("/Teams.Cpc/bridges/{id}"),
        json!({"DefaultServiceNumber": "999"}),
        400,
        "does not belong",
    );
    t.done("PUT", &format!("/Teams.Cpc/bridges/{id}"), json!({"DefaultServiceNumber": format!("+{number}")}));
    t.refused("POST", &format!("/Teams.Cpc/serviceNumbers/{number}/unregister"), json!({}), 400, "default");
    let users = t.get("/Teams.Cpc/users?pageSize=2");
    assert_eq!(users["Users"].as_array().unwrap().len(), 2);
    let next = t.get(users["NextLink"].as_str().unwrap());
    assert_ne!(next["Users"][0]["Identity"], users["Users"][0]["Identity"]);
    let user = users["Users"][0]["Identity"].as_str().unwrap();
    let (_, changed) = t.send(
        "PUT",
        &format!("/Teams.Cpc/users/{user}"),
        json!({"ResetLeaderPin": true, "AllowTollFreeDialIn": false}),
    );
    assert!(changed["LeaderPin"].is_string());
    assert_eq!(t.get(&format!("/Teams.Cpc/users/{user}"))["LeaderPin"], Value::Null);
}

#[test]
fn locations_are_removed_in_the_reverse_order() {
    let t = tenant();
    t.refused(
        "POST",
        "/Skype.Ncs/locations",
        json!({"civicAddressId": "x", "additionalInfo": "1st"}),
        400,
        "CivicAddressInvalidOrEmpty",
    );
    let (_, address) =
        t.send("POST", "/Skype.Ncs/civicAddresses", json!({"companyName": "C", "country": "US", "cityOrTown": "X"}));
    let home = address["id"].as_str().unwrap();
    let (_, location) =
        t.send("POST", "/Skype.Ncs/locations", json!({"civicAddressId": home, "additionalInfo": "1st floor"}));
    let place = location["id"].as_str().unwrap();
    t.refused("PUT", "/Skype.Ncs/subnets/10.0.0.0?locationId=none", Value::Null, 404, "not found");
    t.done("PUT", &format!("/Skype.Ncs/subnets/10.0.0.0?locationId={place}&description=d"), Value::Null);
    assert_eq!(t.delete(&format!("/Skype.Ncs/locations/{place}")).0, 400);
    assert_eq!(t.delete("/Skype.Ncs/subnets/10.0.0.0").0, 204);
    assert_eq!(t.delete(&format!("/Skype.Ncs/civicAddresses/{home}")).0, 400);
    assert_eq!(t.delete(&format!("/Skype.Ncs/locations/{place}")).0, 204);
    assert_eq!(t.delete(&format!("/Skype.Ncs/civicAddresses/{home}")).0, 204);
}

#[test]
fn attendants_queues_and_accounts_hold_together() {
    let t = tenant();
    let (_, schedule) = t.send("POST", "/Teams.VoiceApps/schedules", json!({"Name": "Hours", "WeeklyRecurrentSchedule": {"MondayHours": [{"Start": "09:00:00", "End": "17:00:00"}]}}));
    let schedule = schedule["Schedule"]["Id"].as_str().unwrap().to_owned();
    let flow = json!({"Name": "Default", "Menu": {"Name": "m"}});
    let attendant = json!({"Name": "Main", "LanguageId": "en-US", "TimeZoneId": "UTC", "DefaultCallFlow": flow,
        "CallFlows": [{"Id": "after", "Name": "After"}],
        "CallHandlingAssociations": [{"Type": "AfterHours", "ScheduleId": schedule, "CallFlowId": "after"}]});
    let (status, made) = t.send("POST", "/Teams.VoiceApps/auto-attendants", attendant.clone());
    assert_eq!(status, 200, "{made}");
    t.refused("POST", "/Teams.VoiceApps/auto-attendants", attendant, 400, "already exists");
    let (status, body) = t.delete(&format!("/Teams.VoiceApps/schedules/{schedule}"));
    assert!(status == 400 && body.to_string().contains("RemoveScheduleOperation_ScheduleInUse"), "{body}");
    let id = made["AutoAttendant"]["Id"].as_str().unwrap();
    let accounts = t.get("/Teams.PlatformService/v2/ApplicationInstances");
    let account = accounts["applicationInstances"][0]["objectId"].as_str().unwrap();
    let bind =
        json!({"EndpointsIds": [account, "nobody"], "ConfigurationId": id, "ConfigurationType": "AutoAttendant"});
    let (_, results) = t.send("POST", "/Teams.VoiceApps/applicationinstanceassociations", bind);
    assert_eq!(results["Results"][0]["Result"], "Success");
    assert_eq!(results["Results"][1]["StatusCode"], "CreateApplicationInstanceAssociation_AppEndpointNotFound");
    assert_eq!(t.delete(&format!("/Teams.VoiceApps/auto-attendants/{id}")).0, 400);
    assert_eq!(t.delete(&format!("/Teams.VoiceApps/applicationinstanceassociations/{account}")).0, 200);
    assert_eq!(t.delete(&format!("/Teams.VoiceApps/auto-attendants/{id}")).0, 200);

    let user = t.user(0)["objectId"].clone();
    let (_, queue) = t.send(
        "POST",
        "/Teams.VoiceApps/callqueues",
        json!({"Name": "Sales", "RoutingMethod": "LongestIdle", "Users": [user]}),
    );
    assert_eq!(
        (&queue["CallQueue"]["RoutingMethod"], &queue["CallQueue"]["Agents"][0]["ObjectId"]),
        (&json!(3), &user)
    );
    t.refused(
        "POST",
        "/Teams.VoiceApps/callqueues",
        json!({"Name": "Bad", "AgentAlertTime": 5}),
        400,
        "AgentAlertTime",
    );
}

#[test]
fn graph_licences_count_and_batches_run() {
    let t = tenant();
    let skus = t.get("/v1.0/subscribedSkus");
    let sku = skus["value"].as_array().unwrap().iter().find(|s| s["skuPartNumber"] == "MCOPSTN1").unwrap().clone();
    let upn = t.upn(0);
    let assign = format!("/v1.0/users/{upn}/assignLicense");
    t.refused("POST", &assign, json!({"addLicenses": []}), 400, "removeLicenses");
    t.done(
        "POST",
        &assign,
        json!({"addLicenses": [{"skuId": sku["skuId"], "disabledPlans": []}], "removeLicenses": []}),
    );
    let after = t.get(&format!("/v1.0/subscribedSkus/{}", sku["id"].as_str().unwrap()));
    assert_eq!(after["consumedUnits"].as_i64(), sku["consumedUnits"].as_i64().map(|n| n + 1));
    assert!(t.get(&format!("/Teams.User/users/{upn}"))["featureTypes"].to_string().contains("CallingPlan"));
    let page = t.get("/v1.0/users?$top=10&$count=true&$select=id,userPrincipalName");
    assert_eq!((page["value"].as_array().unwrap().len(), page["@odata.count"].as_i64()), (10, Some(63)));
    assert!(page["@odata.nextLink"].is_string());
    let found = t.get("/v1.0/users?$filter=startswith(displayName,'A')%20and%20accountEnabled%20eq%20true");
    assert!(found["value"].as_array().unwrap().iter().all(|u| u["displayName"].as_str().unwrap().starts_with('A')));
    let (_, batch) = t.send(
        "POST",
        "/v1.0/$batch",
        json!({"requests": [
        {"id": "1", "method": "GET", "url": format!("/users/{upn}")},
        {"id": "2", "method": "GET", "url": "/users/nobody"},
        {"id": "3", "method": "GET", "url": "/me", "dependsOn": ["2"]}]}),
    );
    let statuses: Vec<i64> =
        batch["responses"].as_array().unwrap().iter().map(|r| r["status"].as_i64().unwrap()).collect();
    assert_eq!(statuses, [200, 404, 424]);
    assert_eq!(t.get("/v1.0/me")["userPrincipalName"], t.mock.administrator.as_str());
}

#[test]
fn reports_redirect_to_a_csv() {
    let t = tenant();
    let path = "/v1.0/reports/getSkypeForBusinessActivityUserDetail(period='D7')";
    let response = t.try_send("GET", path, None).unwrap();
    assert_eq!(response.status, 302);
    let location = response.headers.get("Location").unwrap();
    let csv = fetch(Request::new("GET", location), &mut || false).unwrap();
    assert_eq!(csv.status, 200);
    assert!(csv.body.starts_with(b"\xef\xbb\xbfReport Refresh Date,User Principal Name"));
    assert_eq!(csv.text().lines().count(), 62);
    let (forged, _) = location.split_once("key=").unwrap();
    let (status, _) = reply(fetch(Request::new("GET", &format!("{forged}key=x.y.z")), &mut || false).unwrap());
    assert_eq!(status, 403);
}

/// No reading route fails inside, whatever the id.
#[test]
fn every_reading_route_answers_without_an_inner_error() {
    let t = tenant();
    let routes = include_str!("../../../tests/tenant/routes.txt");
    for line in routes.lines().filter(|l| l.starts_with("GET ")) {
        let mut path = String::new();
        let mut inside = None;
        for c in line[4..].split(" (").next().unwrap().chars() {
            match (c, &mut inside) {
                ('{', _) => inside = Some(String::new()),
                ('}', Some(name)) => {
                    path.push_str(match name.as_str() {
                        "configType" | "policyType" | "type" => "TeamsCallingPolicy",
                        "identity" => "Global",
                        "date" => "2026-11-01",
                        "period" => "D7",
                        "tenant" | "tenantId" => &t.mock.tenant_id,
                        _ => "admin@contoso.onmicrosoft.com",
                    });
                    inside = None;
                }
                (c, Some(name)) => name.push(c),
                (c, None) => path.push(c),
            }
        }
        let response = t.try_send("GET", &path, None).unwrap();
        assert!(response.status < 500, "{line}: {} {}", response.status, response.text());
        assert!(!response.text().contains("No route matches"), "{line}");
    }
}

/// Bodies that no client means: each is refused or ignored, none breaks the server.
#[test]
fn no_changing_route_breaks_on_a_strange_body() {
    let t = tenant();
    let upn = t.upn(0);
    let strange = [
        Value::Null,
        json!([]),
        json!("text"),
        json!(7),
        json!({}),
        json!({"Identity": 1, "Name": [], "PolicyName": {}, "value": 1, "requests": {}, "TelephoneNumber": "+", "Quantity": -1}),
        json!({"Identity": "a\u{0}b", "Name": "\u{1F600}", "PolicyName": "x'y\"z", "TelephoneNumber": "tel:+1;ext=", "id": "%"}),
        json!({"Usage": [1, null], "NormalizationRules": [1, {"Pattern": "(?<"}], "DefaultCallFlow": [], "FixedSchedule": {"DateTimeRanges": [1]},
               "Name": "n", "WeeklyRecurrentSchedule": {"MondayHours": [{"Start": "9", "End": "x:y"}]}, "Agents": 1, "Users": [7]}),
    ];
    let routes = include_str!("../../../tests/tenant/routes.txt");
    for line in routes.lines().filter(|l| !l.starts_with("GET ")) {
        let (method, template) = line.split_once(' ').unwrap();
        let template = template.split(" (").next().unwrap();
        for value in ["TeamsCallingPolicy", upn.as_str(), "%00%27%22%5C", "%F0%9F%98%80"] {
            let mut path = String::new();
            let mut inside = false;
            for c in template.chars() {
                match c {
                    '{' => {
                        inside = true;
                        path.push_str(value);
                    }
                    '}' => inside = false,
                    c if !inside => path.push(c),
                    _ => {}
                }
            }
            for body in &strange {
                let response = t.try_send(method, &path, Some(body)).unwrap_or_else(|e| panic!("{line} {body}: {e}"));
                let plain = template.ends_with("/sync") && response.status == 500;
                assert!(response.status < 500 || plain, "{line} {body}: {} {}", response.status, response.text());
            }
        }
    }
    t.get("/Teams.User/users");
}
