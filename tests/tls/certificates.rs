//! Certificates that are not as they should be, on either side: the class, the reason and the code that Python gives them.

use super::{PAIR, prints};

#[test]
fn what_is_wrong_with_a_certificate_is_told() {
    let code = r#"
        print(pair(server("server"), client()))
        print(pair(server("server"), client(), nil, "wrong.example"))
        print(pair(server("server"), client(), nil, "127.0.0.9"))
        print(pair(server("expired"), client()))
        print(pair(server("alone"), client()))
        print(pair(server("alone"), client({cafile = "alone.pem"})))
        print(pair(server("other"), client()))
        local any = client()
        any.check_hostname = false
        any.verify_mode = ssl.CERT_NONE
        print(pair(server("expired"), any))
        -- Client certificates.
        local strict = server("server")
        strict.verify_mode = ssl.CERT_REQUIRED
        strict:load_verify_locations("ca.pem")
        local known = client()
        known:load_cert_chain("client.pem")
        print(pair(strict, known))
        local cc = client()
        cc.maximum_version = ssl.TLSVersion.TLSv1_2
        print(select(2, pair(strict, cc)))
        local stranger = client()
        stranger:load_cert_chain("other.pem")
        stranger.maximum_version = ssl.TLSVersion.TLSv1_2
        print(select(2, pair(strict, stranger)))
        local new = server("server")
        new.minimum_version = ssl.TLSVersion.TLSv1_3
        print(pair(new, cc))
    "#;
    let failed = "SSLCertVerificationError CERTIFICATE_VERIFY_FAILED";
    let expected = format!(
        "connected\tserved\n\
        {failed} 62\tSSLError SSLV3_ALERT_BAD_CERTIFICATE -\n\
        {failed} 64\tSSLError SSLV3_ALERT_BAD_CERTIFICATE -\n\
        {failed} 10\tSSLError SSLV3_ALERT_CERTIFICATE_EXPIRED -\n\
        {failed} 18\tSSLError TLSV1_ALERT_UNKNOWN_CA -\n\
        connected\tserved\n\
        {failed} 20\tSSLError TLSV1_ALERT_UNKNOWN_CA -\n\
        connected\tserved\n\
        connected\tserved\n\
        SSLError PEER_DID_NOT_RETURN_A_CERTIFICATE -\n\
        {failed} 20\n\
        SSLError TLSV1_ALERT_PROTOCOL_VERSION -\tSSLError UNSUPPORTED_PROTOCOL -"
    );
    prints("lua", &format!("{PAIR}{code}"), &expected);
}
