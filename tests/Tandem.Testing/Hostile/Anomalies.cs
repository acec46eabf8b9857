using System.Text;

namespace Tandem.Testing.Hostile;

/// <summary>
/// Values at which parsers have gone wrong, by class: the classes of the c07-sip suite of the PROTOS project, with values of our own.
/// </summary>
public static class Anomalies
{
    /// <summary>All values with a name each, the same in each run.</summary>
    public static IReadOnlyList<(string Name, byte[] Value)> All { get; } = [.. Make()];

    private static IEnumerable<(string Name, byte[] Value)> Make()
    {
        foreach (var text in new[] { "", " ", "\t", "   \t   ", "0", "-", ".", "..", "null", "undefined" })
            yield return ($"blank '{text}'", Bytes(text));

        foreach (var length in new[] { 17, 65, 129, 257, 513, 1_025, 2_049, 4_097, 8_193, 16_385, 40_000 })
            yield return ($"overflow {length}", Bytes(new string('a', length)));
        yield return ("overflow digits", Bytes(new string('9', 300)));
        yield return ("overflow dots", Bytes(new string('.', 2_000)));
        yield return ("overflow labels", Bytes(string.Join('.', Enumerable.Repeat("a", 1_500))));
        yield return ("overflow utf-8", Bytes(new string('é', 2_000)));

        foreach (var text in new[] { "%s", "%n", "%x", "%p", "%d", "%99999999s", "%.2147483647d", "%1$n", "%hhn" })
            yield return ($"format {text}", Bytes(text));
        yield return ("format many", Bytes(string.Concat(Enumerable.Repeat("%n%s", 200))));

        byte[][] badUtf8 =
        [
            [0xC0, 0x80], [0xC3, 0x28], [0xE2, 0x28, 0xA1], [0xF0, 0x28, 0x8C, 0xBC], [0xFE], [0xFF, 0xFE], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0x80], [0xE0, 0x80, 0xAF], [0xEF, 0xBB, 0xBF], [0xC2, 0x85], [0xE2, 0x80, 0xA8], [0xE2, 0x80, 0xAE],
        ];
        foreach (var bytes in badUtf8)
            yield return ($"utf-8 {Convert.ToHexString(bytes)}", bytes);

        foreach (var b in new byte[] { 0, 1, 7, 8, 0x0B, 0x0C, 0x0D, 0x0A, 0x1B, 0x7F })
        {
            yield return ($"control {b:x2}", [b]);
            yield return ($"control inside {b:x2}", [(byte)'a', b, (byte)'b']);
        }

        foreach (var text in new[]
        {
            "a\r\nX-Injected: 1", "a\r\n\r\nINVITE sip:x@y SIP/2.0", "a\r\n b", "a\r\n\r\n", "a\n\nb", "a\rb", "a\r\nContent-Length: 3", "%0d%0aX: 1", "%00", "%", "%2", "%zz", "%u0000", "\\", "\\\"", "\\\0",
        })
            yield return ($"injection {Uri.EscapeDataString(text)}", Bytes(text));

        foreach (var text in new[]
        {
            "-1", "1", "255", "256", "65535", "65536", "99999", "2147483647", "2147483648", "-2147483648", "4294967295", "4294967296", "9223372036854775808", "18446744073709551616",
            "1e9", "0x41", "1.5", "+1", "0000000000000000001", " 1", "1 ", "1,1", "٣", "1;2",
        })
            yield return ($"number {text}", Bytes(text));

        foreach (var text in new[]
        {
            "0.0.0.0", "127.0.0.1", "255.255.255.255", "256.1.1.1", "1.2.3", "1.2.3.4.5", "1..2.3", "01.02.03.04", "0x7f000001", "2130706433", "224.0.0.1",
            "[::]", "[::1]", "[:::1]", "[1:2:3:4:5:6:7:8:9]", "::1", "[fe80::1%eth0]", "[::ffff:1.2.3.4]", "[", "[]", "]", "[::1", "[::1]x", "[12345::]", "1.2.3.4:0", "1.2.3.4:65536", "a:b:c", "-a-.-", "a..b", "_x",
        })
            yield return ($"address {text}", Bytes(text));

        foreach (var mark in "<>\";,=:@/?()\\*&+$![]{}|^`~#")
        {
            yield return ($"mark {mark}", Bytes(mark.ToString()));
            yield return ($"marks {mark}", Bytes(new string(mark, 700)));
        }

        foreach (var text in new[]
        {
            "\"a", "a\"", "\"\\", "<a", "a>", "<<a>>", "\"a\" \"b\"", "a b", "((((((((a", "a,b", "a;b", ",,,", ";;;", ";=", "=;", ";a=b;a=c", "*;a", "a@b@c", "@", "sip:", "sip:@", "sip::", "sip:a@", "sip:@b", "sip:a:b@c", "sip:a@b:", "sip:a@b:x",
            "sip:a@b;", "sip:a@b?", "sip:a@b?x", "sip:a@b?x=y&", "sip:a@b;lr;lr", "sips:a@b", "tel:+1", "tel:", "http://x/", "file:///etc/passwd", "javascript:1", "urn:x:y", "sip:a@b;transport=x;maddr=1.2.3.4;ttl=256", "sip:%@%", "sip:%61@%62",
            "sip:a@b;method=BYE", "sip:a@b?Route=%3Csip:x%3E", "<sip:a@b>;tag", "<sip:a@b>;tag=", "<sip:a@b>;tag=1;tag=2", "' or 1=1 --", "${jndi:ldap://x}", "<script>", "../../../../etc/passwd", "$(id)", "`id`", "a|b", "{{7*7}}",
        })
            yield return ($"shape {Uri.EscapeDataString(text)}", Bytes(text));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
