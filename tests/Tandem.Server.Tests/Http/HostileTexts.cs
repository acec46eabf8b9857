namespace Tandem.Server.Http;

/// <summary>What somebody writes into a field to get out of it. Each is harmless where it is only text.</summary>
internal static class HostileTexts
{
    /// <summary>Part of the name of files that must not come into being.</summary>
    public const string FileMark = "tandem-walk-was-here";

    /// <summary>The name of a header that must never be sent.</summary>
    public const string HeaderMark = "X-Walk-Injected";

    public static readonly string[] All =
    [
        "",
        " ",
        "\0",
        "a\0b",
        "a\u0001\u0008\u001b[31m\u007f\u0085b",
        $"a\r\n{HeaderMark}: yes\r\n\r\n<html>",
        "'", "\"", "`", "\\", "' OR '1'='1", "'; DROP TABLE cdrs; --", "\"; DELETE FROM tenants; --", "1) UNION SELECT secret FROM extensions --", "%' ESCAPE '",
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "{{7*7}}${7*7}${jndi:ldap://127.0.0.1/x}", "%n%s%x{0}{callId}",
        "=HYPERLINK(\"http://127.0.0.1\",\"x\")", "+1+1", "-2+3", "@SUM(1)", "\t=1+1", ",,,\n=1+1",
        $"../../../../../../tmp/{FileMark}", $"..\\..\\{FileMark}", $"/tmp/{FileMark}", $"..%2f..%2f{FileMark}", $"{FileMark}/../..", ".", "..", "CON", "%00", "%0d%0aX: y", "%252e%252e%252f",
        "a\u202Egnp.exe\u2066x", "\ufeff\u200b", "\ud83d\ude00", "\u0130\u0131\ufb03", "e\u0301\u0301\u0301\u0301",
        new string('9', 300), new string('a', 5_000), string.Concat(Enumerable.Repeat("../", 400)),
        "http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_", "sip:x@127.0.0.1", "-1", "1e999", "NaN", "null", "[]", "{}",
    ];

    /// <summary>Addresses that no request of ours may go to, in the ways that they are written.</summary>
    public static readonly string[] InnerAddresses =
    [
        "http://127.0.0.1/", "http://localhost/", "https://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/",
        "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://[fd00::1]/", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/", "http://100.64.0.1/", "http://user@127.0.0.1/",
        "http://example.org@127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_", "ftp://127.0.0.1/", "javascript:alert(1)", "//127.0.0.1/", "http://", "http:///x", "http://224.0.0.1/",
    ];
}
