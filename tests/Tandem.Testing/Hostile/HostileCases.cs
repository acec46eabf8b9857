using System.Globalization;
using System.Text;

namespace Tandem.Testing.Hostile;

/// <summary>
/// A generator in the manner of the c07-sip suite: well-formed requests in which one place after the other is filled with each of
/// <see cref="Anomalies.All"/>, and requests whose structure is wrong. The same cases in each run; Call-IDs and branches count up.
/// </summary>
public static class HostileCases
{
    // § marks the places. Each stands for one test place; what is between two of them is the value that it has when it is left alone.
    private const string Head =
        "§{0}§ §sip§:§101§@§192.0.2.200§:§5060§;§transport§=§udp§ §SIP§/§2§.§0§\r\n"
        + "§Via§: §SIP/2.0/UDP§ §{1}§:§5060§;branch=§z9hG4bK{2}§;§rport§\r\n"
        + "Max-Forwards: §70§\r\n"
        + "From: §\"Ada\"§ §<sip:100@example.com>§;tag=§f{2}§\r\n"
        + "To: §\"Bob\" §<§sip§:§101§@§example.com§>\r\n"
        + "Call-ID: §{2}@host§\r\n"
        + "CSeq: §{2}§ §{0}§\r\n"
        + "Contact: §<sip:100@{1}:5060>§;q=§0.5§;expires=§60§\r\n";

    private const string Sdp =
        "v=§0§\r\no=§-§ §1§ §1§ §IN§ §IP4§ §192.0.2.9§\r\ns=§-§\r\nc=IN IP4 §192.0.2.9§\r\nt=§0§ §0§\r\n"
        + "m=§audio§ §30000§ §RTP/AVP§ §0§ §8§\r\na=rtpmap:§8§ §PCMA§/§8000§\r\na=§sendrecv§\r\n§a§=§ptime:20§\r\n";

    private static readonly (string Method, string Extra, string Body)[] Templates =
    [
        ("INVITE", "§Supported§: §100rel§\r\nAllow: §INVITE§\r\nRequire: §timer§\r\nSession-Expires: §1800§;refresher=§uac§\r\nMin-SE: §90§\r\nSubject: §x§\r\nRoute: §<sip:192.0.2.200;lr>§\r\nRecord-Route: §<sip:a;lr>§\r\nPriority: §normal§\r\nContent-Type: §application/sdp§\r\nContent-Length: §#§\r\n", Sdp),
        ("REGISTER", "Expires: §60§\r\nPath: §<sip:p;lr>§\r\nAuthorization: §Digest§ username=§\"100\"§, realm=§\"tandem\"§, nonce=§\"n\"§, uri=§\"sip:a\"§, response=§\"00000000000000000000000000000000\"§, nc=§00000001§, cnonce=§\"c\"§, qop=§auth§, algorithm=§MD5§\r\nDate: §x§\r\nContent-Length: §0§\r\n", ""),
        ("OPTIONS", "Accept: §application/sdp§\r\nProxy-Require: §x§\r\nTimestamp: §1§\r\nContent-Length: §0§\r\n", ""),
        ("MESSAGE", "Content-Type: §multipart/mixed§;boundary=§b§\r\nContent-Encoding: §gzip§\r\n", "--b\r\nContent-Type: §text/plain§\r\n\r\n§x§\r\n--b--\r\n"),
        ("SUBSCRIBE", "Event: §presence§;id=§1§\r\nExpires: §60§\r\n", ""),
        ("REFER", "Refer-To: §<sip:102@a?Replaces=x>§\r\nReferred-By: §<sip:100@a>§\r\n", ""),
        ("CANCEL", "Reason: §SIP§;cause=§200§;text=§\"x\"§\r\n", ""),
        ("ACK", "", ""),
        ("PRACK", "RAck: §1§ §1§ §INVITE§\r\n", ""),
    ];

    private static readonly (string Name, Func<string, string> Change)[] Structures = [.. MakeStructures()];

    /// <summary>How many cases there are.</summary>
    public static int Total { get; } = All("192.0.2.9").Count();

    /// <summary>The cases: <paramref name="count"/> of them, spread evenly over all that there are.</summary>
    /// <param name="count">How many; <see cref="int.MaxValue"/> for all.</param>
    /// <param name="sender">The host in Via and Contact.</param>
    public static IEnumerable<HostileCase> Take(int count, string sender = "192.0.2.9")
    {
        var step = Math.Max(1, Total / Math.Max(1, count));
        var number = 0;
        var taken = 0;
        foreach (var one in All(sender))
        {
            if (number++ % step == 0 && taken++ < count)
                yield return one;
        }
    }

    private static IEnumerable<HostileCase> All(string sender)
    {
        var id = 1;
        foreach (var (method, extra, body) in Templates)
        {
            var places = (Head + extra + "\r\n" + body).Count(c => c == '§') / 2;
            for (var place = 0; place < places; place++)
            {
                foreach (var (name, value) in Anomalies.All)
                    yield return new HostileCase($"{method} place {place}: {name}", Fill(method, extra, body, sender, id++, place, value));
            }

            foreach (var (name, change) in Structures)
            {
                var good = Encoding.Latin1.GetString(Fill(method, extra, body, sender, id++, -1, []));
                yield return new HostileCase($"{method} {name}", Encoding.Latin1.GetBytes(change(good)));
            }
        }
    }

    // Every other mark opens a place; inside of it the value is replaced when it is its turn.
    private static byte[] Fill(string method, string extra, string body, string sender, int id, int place, byte[] value)
    {
        var length = Build(body, -1 - CountPlaces(Head + extra), place, value, method, sender, id).Count;
        var head = Build(Head + extra + "\r\n", 0, place, value, method, sender, id);
        var text = Build(body, -1 - CountPlaces(Head + extra), place, value, method, sender, id);
        var at = head.IndexOf((byte)'#');
        if (at >= 0 && method == "INVITE" && !value.Contains((byte)'#'))
        {
            head.RemoveAt(at);
            head.InsertRange(at, Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        }

        return [.. head, .. text];
    }

    private static int CountPlaces(string text) => text.Count(c => c == '§') / 2;

    private static List<byte> Build(string template, int first, int place, byte[] value, string method, string sender, int id)
    {
        // A negative number says how many places stand before this part.
        var number = first < 0 ? -1 - first : first;
        var bytes = new List<byte>(1_024);
        var parts = template.Split('§');
        for (var i = 0; i < parts.Length; i++)
        {
            if (i % 2 == 1 && number++ == place)
                bytes.AddRange(value);
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(parts[i].Replace("{0}", method).Replace("{1}", sender).Replace("{2}", id.ToString(CultureInfo.InvariantCulture))));
        }

        return bytes;
    }

    private static IEnumerable<(string Name, Func<string, string> Change)> MakeStructures()
    {
        foreach (var header in new[] { "Via", "From", "To", "Call-ID", "CSeq", "Max-Forwards", "Contact", "Content-Length" })
        {
            yield return ($"without {header}", good => Lines(good, lines => [.. lines.Where(l => !l.StartsWith(header, StringComparison.Ordinal))]));
            yield return ($"{header} twice", good => Lines(good, lines => [.. lines.SelectMany(l => l.StartsWith(header, StringComparison.Ordinal) ? new[] { l, l } : [l])]));
            yield return ($"{header} 200 times", good => Lines(good, lines => [.. lines.SelectMany(l => l.StartsWith(header, StringComparison.Ordinal) ? Enumerable.Repeat(l, 200) : [l])]));
            yield return ($"{header} last", good => Lines(good, lines => [.. lines.Where(l => !l.StartsWith(header, StringComparison.Ordinal)), .. lines.Where(l => l.StartsWith(header, StringComparison.Ordinal))]));
            yield return ($"{header} with a space before the colon", good => good.Replace(header + ":", header + " :"));
            yield return ($"{header} folded", good => good.Replace(header + ": ", header + ":\r\n "));
            yield return ($"{header} broken before the colon", good => good.Replace(header + ":", header + "\r\n :"));
            yield return ($"{header} without a colon", good => good.Replace(header + ":", header));
            yield return ($"{header} in other letters", good => good.Replace(header + ":", header.ToUpperInvariant() + ":"));
        }

        foreach (var length in new[] { "0", "1", "99999", "-1", "4294967296", "9999999999999999999999", "1, 1", "", "0x10", "+5", "5 5" })
        {
            yield return ($"Content-Length {length}", good => Lines(good, lines => [.. lines.Where(l => !l.StartsWith("Content-Length", StringComparison.Ordinal)), "Content-Length: " + length]));
            yield return ($"l {length} beside the long form", good => Lines(good, lines => [.. lines, "l: " + length]));
        }

        for (var cut = 1; cut < 20; cut++)
        {
            var part = cut;
            yield return ($"cut at {part} of 20", good => good[..(good.Length * part / 20)]);
        }

        yield return ("LF line ends", good => good.Replace("\r\n", "\n"));
        yield return ("CR line ends", good => good.Replace("\r\n", "\r"));
        yield return ("empty lines first", good => string.Concat(Enumerable.Repeat("\r\n", 500)) + good);
        yield return ("no empty line", good => good[..good.IndexOf("\r\n\r\n", StringComparison.Ordinal)]);
        yield return ("1,000 headers", good => Lines(good, lines => [.. lines, .. Enumerable.Range(0, 1_000).Select(i => $"X-{i}: y")]));
        yield return ("10,000 folds", good => Lines(good, lines => [.. lines, "X: a" + string.Concat(Enumerable.Repeat("\r\n b", 10_000))]));
        yield return ("500 values", good => Lines(good, lines => [.. lines, "Record-Route: " + string.Join(',', Enumerable.Repeat("<sip:a;lr>", 500))]));
        yield return ("deep multipart", good => Lines(good, lines => [.. lines.Where(l => !l.StartsWith("Content", StringComparison.Ordinal)), "Content-Type: multipart/mixed;boundary=b0"]) + Nested(40));
        yield return ("deep comment", good => Lines(good, lines => [.. lines, "User-Agent: " + new string('(', 3_000)]));
        yield return ("two messages", good => good + good);
        yield return ("binary tail", good => good + new string('\0', 2_000));
        yield return ("all NUL", good => new string('\0', good.Length));
        yield return ("reversed", good => new string([.. good.Reverse()]));
    }

    private static string Nested(int depth) => depth == 0 ? "x\r\n" : $"--b{40 - depth}\r\nContent-Type: multipart/mixed;boundary=b{41 - depth}\r\n\r\n{Nested(depth - 1)}--b{40 - depth}--\r\n";

    private static string Lines(string good, Func<string[], string[]> change)
    {
        var end = good.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = good[..end].Split("\r\n");
        return lines[0] + "\r\n" + string.Join("\r\n", change(lines[1..])) + good[end..];
    }
}
