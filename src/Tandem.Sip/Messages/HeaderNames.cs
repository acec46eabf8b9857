using System.Text;

namespace Tandem.Sip.Messages;

/// <summary>
/// The names of header fields. A long and a compact form are the same header (RFC 3261 §7.3.3, §20), and names compare
/// without case.
/// </summary>
public static class HeaderNames
{
    private const int Buckets = 512;

    // RFC 3261 §7.3.3; 3265 (o, u); 3515 (r); 3841 (a, j, d are not used here); 3892 (b); 4028 (x); 8224 (y).
    private static readonly (string Text, HeaderName Name)[] Compact =
    [
        ("b", HeaderName.ReferredBy),
        ("c", HeaderName.ContentType),
        ("e", HeaderName.ContentEncoding),
        ("f", HeaderName.From),
        ("i", HeaderName.CallId),
        ("k", HeaderName.Supported),
        ("l", HeaderName.ContentLength),
        ("m", HeaderName.Contact),
        ("o", HeaderName.Event),
        ("r", HeaderName.ReferTo),
        ("s", HeaderName.Subject),
        ("t", HeaderName.To),
        ("u", HeaderName.AllowEvents),
        ("v", HeaderName.Via),
        ("x", HeaderName.SessionExpires),
        ("y", HeaderName.Identity),
    ];

    private static readonly byte[][] Texts = BuildTexts();
    private static readonly (byte[] Text, HeaderName Name)[][] Table = BuildTable();

    /// <summary>The header with this name; <see cref="HeaderName.Other"/> for one that Tandem does not know.</summary>
    public static HeaderName Find(ReadOnlySpan<byte> name)
    {
        if (name.Length == 0)
            return HeaderName.Other;

        foreach (var (text, header) in Table[Bucket(name)])
        {
            if (SipText.EqualsIgnoreCase(text, name))
                return header;
        }

        return HeaderName.Other;
    }

    /// <summary>The long form as the RFCs write it; empty for <see cref="HeaderName.Other"/>.</summary>
    public static ReadOnlySpan<byte> Text(HeaderName name) => Texts[(int)name];

    private static int Bucket(ReadOnlySpan<byte> name)
    {
        var first = name[0] | 0x20;
        var middle = name[name.Length / 2] | 0x20;
        var last = name[^1] | 0x20;
        return ((name.Length * 31) + (first * 7) + (middle * 3) + last) & (Buckets - 1);
    }

    private static byte[][] BuildTexts()
    {
        var texts = new byte[Enum.GetValues<HeaderName>().Length][];
        foreach (var name in Enum.GetValues<HeaderName>())
            texts[(int)name] = Encoding.ASCII.GetBytes(TextOf(name));

        return texts;
    }

    private static (byte[], HeaderName)[][] BuildTable()
    {
        var lists = new List<(byte[], HeaderName)>[Buckets];
        foreach (var name in Enum.GetValues<HeaderName>())
        {
            if (name != HeaderName.Other)
                Add(lists, Texts[(int)name], name);
        }

        foreach (var (text, name) in Compact)
            Add(lists, Encoding.ASCII.GetBytes(text), name);

        return [.. lists.Select(list => list?.ToArray() ?? [])];
    }

    private static void Add(List<(byte[], HeaderName)>[] lists, byte[] text, HeaderName name) =>
        (lists[Bucket(text)] ??= []).Add((text, name));

    private static string TextOf(HeaderName name) => name switch
    {
        HeaderName.Other => "",
        HeaderName.CallId => "Call-ID",
        HeaderName.CSeq => "CSeq",
        HeaderName.MimeVersion => "MIME-Version",
        HeaderName.MinSE => "Min-SE",
        HeaderName.PAccessNetworkInfo => "P-Access-Network-Info",
        HeaderName.PAssertedIdentity => "P-Asserted-Identity",
        HeaderName.PPreferredIdentity => "P-Preferred-Identity",
        HeaderName.RAck => "RAck",
        HeaderName.RSeq => "RSeq",
        HeaderName.ReferredBy => "Referred-By",
        HeaderName.SessionId => "Session-ID",
        HeaderName.SipETag => "SIP-ETag",
        HeaderName.SipIfMatch => "SIP-If-Match",
        HeaderName.WwwAuthenticate => "WWW-Authenticate",
        _ => Hyphenated(name.ToString()),
    };

    // ContentLength -> Content-Length: every other name is written as its enum member with hyphens.
    private static string Hyphenated(string member)
    {
        var builder = new StringBuilder(member.Length + 4);
        foreach (var c in member)
        {
            if (builder.Length > 0 && char.IsAsciiLetterUpper(c))
                builder.Append('-');
            builder.Append(c);
        }

        return builder.ToString();
    }
}
