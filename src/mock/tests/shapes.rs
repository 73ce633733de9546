//! The mock's answers against the shapes of the reference: `tests/tenant/shapes.txt` has a line for each reading route
//! and each list in its answer, with the members that have to be there under exactly these names.

mod common;

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{Tenant, reply, tenant};
use dialtone_http::{Request, fetch};
use serde_json::{Value, json};

/// Makes one of everything; the values that fill the path templates.
fn furnish(t: &Tenant) -> HashMap<&'static str, String> {
    let make = |method: &str, path: &str, body: Value| {
        let (status, reply) = t.send(method, path, body);
        assert!(status < 300, "{method} {path}: {status} {reply}");
        reply
    };
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let config = "/Skype.Policy/configurations";
    make(
        "POST",
        &format!("{config}/TenantUpdateTimeWindow"),
        json!({"Identity": "Night", "Type": "Daily", "StartTime": "22:00", "Duration": "0.04:00:00"}),
    );
    make("POST", &format!("{config}/HybridPSTNSite"), json!({"Identity": "Site", "EdgeFQDN": "e.contoso.com"}));
    make(
        "POST",
        &format!("{config}/HybridPSTNAppliance"),
        json!({"Name": "A", "SiteName": "Site", "MediationServerIPAddress": "10.0.0.1", "MediationServerFqdn": "m.contoso.com"}),
    );
    make(
        "POST",
        &format!("{config}/TenantDialPlan"),
        json!({"Identity": "Plan", "NormalizationRules": [{"Name": "n", "Pattern": "^1$", "Translation": "2"}]}),
    );
    make(
        "POST",
        &format!("{config}/TeamsTranslationRule"),
        json!({"Identity": "Rule", "Pattern": "^1$", "Translation": "2"}),
    );
    make(
        "PUT",
        &format!("{config}/TeamsSipDevicesConfiguration/configuration/Global"),
        json!({"BulkSignIn": "Enabled"}),
    );
    let upn = t.upn(0);
    make(
        "PATCH",
        &format!("/Teams.User/users/{upn}"),
        json!({"EnterpriseVoiceEnabled": true, "LineUri": "tel:+19995550001"}),
    );
    for kind in ["TenantDialPlan", "TeamsCallingPolicy"] {
        let name = if kind == "TenantDialPlan" { "Plan" } else { "AllowCalling" };
        make("PATCH", &format!("/Skype.Policy/users/{upn}/policies/{kind}"), json!({"PolicyName": name}));
    }
    make(
        "PATCH",
        &format!("/v1.0/users/{}", t.upn(1)),
        json!({"department": "HybridMediationServer", "displayName": "Server"}),
    );
    let accounts = t.get("/Teams.PlatformService/v2/ApplicationInstances");
    let account = text(&accounts["applicationInstances"][0]["objectId"]);
    make(
        "POST",
        &format!("{config}/TeamsUnassignedNumberTreatment"),
        json!({"Identity": "T", "Pattern": "^1$", "TargetType": "ResourceAccount", "Target": account, "TreatmentPriority": 1}),
    );

    let groups = t.get("/v1.0/groups");
    let group = text(&groups["value"][8]["id"]);
    make(
        "POST",
        &format!("/Skype.Policy/groupPolicyAssignments/{group}/policyTypes/TeamsCallingPolicy"),
        json!({"PolicyName": "AllowCalling"}),
    );
    let operation = text(&make(
        "POST",
        "/Skype.Policy/assignments",
        json!({"Identity": [upn], "PolicyType": "TenantDialPlan", "PolicyName": "Plan"}),
    ));

    let address = make("POST", "/Skype.Ncs/civicAddresses", json!({"companyName": "C", "country": "US"}));
    let home = text(&address["id"]);
    let place =
        text(&make("POST", "/Skype.Ncs/locations", json!({"civicAddressId": home, "additionalInfo": "1st"}))["id"]);
    make("PUT", &format!("/Skype.Ncs/subnets/10.0.0.0?locationId={place}"), Value::Null);
    make("PUT", &format!("/Skype.Ncs/switches/aa?locationId={place}"), Value::Null);
    make("PUT", &format!("/Skype.Ncs/wirelessAccessPoints/aa-bb-cc-dd-ee-ff?locationId={place}"), Value::Null);
    make("PUT", "/Skype.Ncs/ports", json!({"locationId": place, "chassisId": "aa", "portId": "1"}));
    make("POST", "/Skype.Ncs/EmergencyDisclaimer/response", json!({"country": "US", "response": 1}));

    let order = make(
        "POST",
        "/Skype.TelephoneNumberMgmt/cmdlet/searches",
        json!({"Name": "n", "Country": "US", "Quantity": 1}),
    );
    let export = make("POST", "/Skype.TelephoneNumberMgmt/cmdlet/export-numbers", json!({"Property": []}));
    let free = t.get("/Skype.TelephoneNumberMgmt/cmdlet/assignments?numberType=CallingPlan&top=1");
    let number = text(&free[0]["TelephoneNumber"]).replace('+', "%2B");
    make(
        "POST",
        &format!("/Skype.TelephoneNumberMgmt/cmdlet/phone-number-tag?phoneNumber={number}&tag=x"),
        Value::Null,
    );
    make(
        "PATCH",
        "/Skype.TelephoneNumberMgmt/cmdlet/phone-number-policy-assignments",
        json!({"TelephoneNumber": "+19995550001", "PolicyType": "TenantDialPlan", "PolicyName": "Plan"}),
    );
    make("POST", "/Teams.Cpc/hybridTelephoneNumbers/15550100", Value::Null);
    let bridge = text(&t.get("/Teams.Cpc/bridges")[0]["Identity"]);

    let schedule = make(
        "POST",
        "/Teams.VoiceApps/schedules",
        json!({"Name": "H", "FixedSchedule": {"DateTimeRanges": [{"Start": "2026-12-24T00:00:00", "End": "2026-12-25T00:00:00"}]}}),
    );
    let schedule = text(&schedule["Schedule"]["Id"]);
    let attendant = make(
        "POST",
        "/Teams.VoiceApps/auto-attendants",
        json!({"Name": "A", "DefaultCallFlow": {"Name": "d"}, "CallFlows": [{"Id": "h", "Name": "h"}],
        "CallHandlingAssociations": [{"Type": "Holiday", "ScheduleId": schedule, "CallFlowId": "h"}]}),
    );
    let attendant = text(&attendant["AutoAttendant"]["Id"]);
    let queue = make("POST", "/Teams.VoiceApps/callqueues", json!({"Name": "Q", "Users": [upn]}));
    make(
        "POST",
        "/Teams.VoiceApps/applicationinstanceassociations",
        json!({"EndpointsIds": [account], "ConfigurationId": attendant, "ConfigurationType": "AutoAttendant"}),
    );
    let audio = make(
        "POST",
        "/Teams.MediaStorage/audiofile",
        json!({"ApplicationId": "HuntGroup", "OriginalFilename": "a.wav", "Content": STANDARD.encode("x")}),
    );
    make("POST", "/Teams.Mms/StartMeetingMigration", json!({"Identity": upn}));
    let batch = make(
        "POST",
        "/Teams.SipDevicesGatewayManagement/v1/createbatch?TargetRegion=EMEA",
        json!([{"UserName": upn, "HardwareId": "aa"}]),
    );

    let assign = t
        .try_send(
            "POST",
            "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments/updateNumber",
            Some(&json!({"telephoneNumber": "+19995550001"})),
        )
        .unwrap();
    assert_eq!(assign.status, 200);
    let unassigned = t.try_send("POST", "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments/assignNumber", Some(&json!({"telephoneNumber": "+19995550009", "assignmentTargetId": t.upn(2), "numberType": "directRouting"}))).unwrap();
    let location = unassigned.headers.get("Location").unwrap().to_owned();
    let graph_operation = location.split('\'').nth(1).unwrap().to_owned();
    let numbers = t.get("/v1.0/admin/teams/telephoneNumberManagement/numberAssignments?$top=1");
    let id = text(&numbers["value"][0]["id"]);
    assert!(String::from_utf8(URL_SAFE_NO_PAD.decode(&id).unwrap()).unwrap().contains("|+"));
    let sku = text(&t.get("/v1.0/subscribedSkus")["value"][0]["id"]);
    let calls = t.get(&format!(
        "/v1.0/communications/callRecords/getPstnCalls(fromDateTime={},toDateTime={})",
        ago(30),
        ago(0)
    ));
    let call = text(&calls["value"][0]["id"]);

    HashMap::from([
        ("configType", "TeamsCallingPolicy".to_owned()),
        ("policyType", "TeamsCallingPolicy".to_owned()),
        ("/Skype.Policy/configurations/HybridPSTNSite/identity", "Site".to_owned()),
        ("/Skype.Policy/configurations/HybridPSTNAppliance/identity", "A".to_owned()),
        ("/Skype.Policy/configurations/TenantUpdateTimeWindow/identity", "Night".to_owned()),
        ("/Skype.Policy/configurations/HybridMediationServer/identity", "Server".to_owned()),
        ("/Skype.Policy/configurations/identity", "Global".to_owned()),
        ("/Skype.Policy/Tenants/identity", "Global".to_owned()),
        ("/Skype.Policy/configurations/TenantHybridConfiguration/identity", "Global".to_owned()),
        ("tenantId", t.mock.tenant_id.clone()),
        ("tenant", t.mock.tenant_id.clone()),
        ("userId", upn.clone()),
        ("id|userPrincipalName", upn.clone()),
        ("username", upn),
        ("groupId", group.clone()),
        ("operationId", operation),
        ("civicAddressId", home),
        ("locationId", place),
        ("subnet", "10.0.0.0".to_owned()),
        ("chassisId", "aa".to_owned()),
        ("bssid", "aa-bb-cc-dd-ee-ff".to_owned()),
        ("countryOrRegion", "US".to_owned()),
        ("country", "US".to_owned()),
        ("/Skype.TelephoneNumberMgmt/cmdlet/searches/orderId", text(&order["Id"])),
        ("/Skype.TelephoneNumberMgmt/cmdlet/export-numbers/orderId", text(&export["Id"])),
        ("telephoneNumber", "15550100".to_owned()),
        ("bridgeId", bridge),
        ("number", "18005550199".to_owned()),
        ("/Teams.VoiceApps/auto-attendants/identity", attendant),
        ("/Teams.VoiceApps/callqueues/identity", text(&queue["CallQueue"]["Identity"])),
        ("/Teams.VoiceApps/schedules/identity", schedule),
        ("/Teams.VoiceApps/supported-languages/identity", "en-US".to_owned()),
        ("/Teams.VoiceApps/supported-timezones/identity", "UTC".to_owned()),
        ("/Teams.VoiceApps/applicationinstanceassociations/identity", account.clone()),
        ("objectId", account),
        ("appId", "HuntGroup".to_owned()),
        ("audiofileId", text(&audio["Id"])),
        ("type", "TeamsCallingPolicy".to_owned()),
        ("name", "AllowCalling".to_owned()),
        ("batch", text(&batch["BatchId"])),
        ("date", ago(1)),
        ("/v1.0/admin/teams/telephoneNumberManagement/numberAssignments/id", id),
        ("/v1.0/admin/teams/telephoneNumberManagement/operations/id", graph_operation),
        ("/v1.0/subscribedSkus/id", sku),
        ("/v1.0/groups/id", group),
        ("/Skype.Analytics/id", call),
        ("sessionId", "s".to_owned()),
    ])
}

/// A date so many days ago.
fn ago(days: i64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    jiff::Timestamp::from_second(now - days * 86_400).unwrap().to_string()[..10].to_owned()
}

/// The template with its values: by the longest path and name that the table has, else by the name alone.
fn fill(template: &str, values: &HashMap<&'static str, String>) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((head, tail)) = rest.split_once('{') {
        out.push_str(head);
        let (name, after) = tail.split_once('}').unwrap();
        let special = values
            .iter()
            .filter(|(k, _)| k.rsplit_once('/').is_some_and(|(path, n)| n == name && template.starts_with(path)))
            .max_by_key(|(k, _)| k.len());
        let plain = if name == "id" { values.get("userId") } else { values.get(name) };
        let value = special.map(|(_, v)| v).or(plain);
        out.push_str(value.unwrap_or_else(|| panic!("no value for {name} in {template}")));
        rest = after;
    }
    out.push_str(rest);
    match template {
        "/Skype.Ncs/ports/query" => out + "?chassisId=aa&portId=1",
        "/Teams.SipDevicesGatewayManagement/v1/batchstatus" => out + "?batchid=" + &values["batch"],
        "/Teams.Mms/GetMeetingMigrationStatus" => out + "?identity=" + &values["userId"],
        t if t.starts_with("/Teams.PstnHub/") => out + "?phoneNumber=1",
        t if t.contains("callRecords/get") => out.replacen(&ago(1), &ago(30), 1),
        "/Teams.VoiceApps/groups" => out + "?searchQuery=sales",
        _ => out,
    }
}

#[test]
fn answers_have_the_shapes_of_the_reference() {
    let t = tenant();
    let values = furnish(&t);
    let mut wrong = Vec::new();
    for line in include_str!("../../../tests/tenant/shapes.txt").lines() {
        let mut cells = line.split('\t');
        let (template, part, names) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
        let path = fill(template, &values);
        let request = Request::new("GET", &format!("{}{path}", t.mock.base_url))
            .header("Authorization", &format!("Bearer {}", t.mock.token))
            .header("x-ms-tnm-applicationid", "045268c0-445e-4ac1-9157-d58f67b167d9");
        let (status, body) = reply(fetch(request, &mut || false).unwrap());
        if status != 200 {
            wrong.push(format!("{path}: {status} {body}"));
            continue;
        }
        let element = match part {
            "{}" => &body,
            "[]" => &body[0],
            list => &body[list.trim_end_matches("[]")][0],
        };
        let missing: Vec<&str> = names.split(',').filter(|n| element.get(n).is_none()).collect();
        if !missing.is_empty() {
            wrong.push(format!("{path} {part}: without {}", missing.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
