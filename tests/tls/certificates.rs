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

/// What is no file of certificates is told as CPython tells it, and what is empty is not given.
#[test]
fn what_holds_no_certificates_is_told_by_its_class() {
    let expected = "IsADirectoryError 21\nSSLError NO_CERTIFICATE_OR_CRL_FOUND\nFileNotFoundError 2\nIsADirectoryError 21\n\
                    SSLError [SSL] PEM lib\nValueError Empty certificate data\nno error\nno error\nno error\n";
    let lua = r#"
        local c = ssl.create_default_context()
        local function t(f, told)
            local ok, e = pcall(f)
            print(ok and "no error" or e.name .. " " .. tostring(told(e)))
        end
        local function number(e) return e.errno end
        t(function() ssl.create_default_context({cafile = "."}) end, number)
        t(function() ssl.create_default_context({cafile = "/dev/null"}) end, function(e) return e.reason end)
        t(function() ssl.create_default_context({cafile = "none.pem"}) end, number)
        t(function() c:load_cert_chain(".") end, number)
        t(function() c:load_cert_chain("/dev/null") end, function(e) return e.message end)
        t(function() c:load_verify_locations({cadata = ""}) end, function(e) return e.message end)
        for _, name in ipairs {"cafile", "capath", "cadata"} do
            t(function() ssl.create_default_context({[name] = ""}) end, number)
        end
    "#;
    let rhai = r#"
        let c = ssl::create_default_context();
        let t = |f, told| {
            try { f.call(); print("no error"); } catch (e) { print(`${e.name} ${told.call(e)}`); }
        };
        let number = |e| e.errno;
        t.call(|| ssl::create_default_context(#{cafile: "."}), number);
        t.call(|| ssl::create_default_context(#{cafile: "/dev/null"}), |e| e.reason);
        t.call(|| ssl::create_default_context(#{cafile: "none.pem"}), number);
        t.call(|| c.load_cert_chain("."), number);
        t.call(|| c.load_cert_chain("/dev/null"), |e| e.message);
        t.call(|| c.load_verify_locations(#{cadata: ""}), |e| e.message);
        t.call(|| ssl::create_default_context(#{cafile: ""}), number);
        t.call(|| ssl::create_default_context(#{capath: ""}), number);
        t.call(|| ssl::create_default_context(#{cadata: ""}), number);
    "#;
    prints("lua", lua, expected);
    prints("rhai", rhai, expected);
}
