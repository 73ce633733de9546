fn main() {
    let h = dialtone_mock::start(dialtone_mock::Options {
        path: Some("/tmp/tenantgen/m.sqlite".into()),
        ..Default::default()
    })
    .unwrap_or_else(|e| panic!("{e}"));
    println!("{} {}", h.base_url, h.token);
    std::thread::sleep(std::time::Duration::from_secs(3600));
}
