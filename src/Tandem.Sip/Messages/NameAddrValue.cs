using System.Text;

namespace Tandem.Sip.Messages;

/// <summary>
/// <c>(name-addr / addr-spec) *(SEMI param)</c>: From, To, Contact, Route, Record-Route, Path, Refer-To, Reply-To,
/// P-Asserted-Identity and the like (RFC 3261 §20.10, §25.1).
/// </summary>
public ref struct NameAddrValue
{
    /// <summary>
    /// The display name as written, a quoted one without its quotes but with its escapes
    /// (see <see cref="TextOfDisplayName"/>); empty when there is none.
    /// </summary>
    public ReadOnlySpan<byte> DisplayName { get; private set; }

    /// <summary>The URI without brackets.</summary>
    public ReadOnlySpan<byte> Uri { get; private set; }

    /// <summary>The header parameters with their leading semicolon.</summary>
    public ReadOnlySpan<byte> Params { get; private set; }

    /// <summary>The value of the <c>tag</c> parameter; empty when there is none.</summary>
    public readonly ReadOnlySpan<byte> Tag => TryGetParam("tag"u8, out var tag) ? tag : default;

    /// <summary>
    /// Reads one value (one element of a list). The URI must be readable (<see cref="SipUriValue"/>) and the
    /// parameters well-formed.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out NameAddrValue value)
    {
        value = default;
        text = SipText.Trim(text);
        if (text.Length == 0)
            return false;

        if (text[0] == '"')
        {
            var quoted = SipText.QuotedLength(text);
            if (quoted < 0)
                return false;

            value.DisplayName = text[1..(quoted - 1)];
            text = SipText.TrimStart(text[quoted..]);
            return text.Length > 0 && text[0] == '<' && value.ReadBracketed(text);
        }

        var bracket = text.IndexOf((byte)'<');
        if (bracket < 0)
            return value.ReadAddrSpec(text);

        var name = SipText.Trim(text[..bracket]);
        foreach (var b in name)
        {
            if (!IsDisplayNameByte(b))
                return false;
        }

        value.DisplayName = name;
        return value.ReadBracketed(text[bracket..]);
    }

    /// <summary>Finds a header parameter (not one of the URI); see <see cref="SipParams.TryGet"/>.</summary>
    public readonly bool TryGetParam(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => SipParams.TryGet(Params, name, out value);

    /// <summary>The display name with its escapes resolved; empty when there is none.</summary>
    public readonly string TextOfDisplayName() => SipText.Unquote(DisplayName);

    /// <summary>Reads the URI.</summary>
    public readonly bool TryGetUri(out SipUriValue uri) => SipUriValue.TryParse(Uri, out uri);

    /// <summary>The URI as text.</summary>
    public readonly string UriText() => Encoding.UTF8.GetString(Uri);

    private bool ReadBracketed(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'>');
        if (end < 0)
            return false;

        Uri = text[1..end];
        Params = SipText.TrimStart(text[(end + 1)..]);
        return SipUriValue.TryParse(Uri, out _) && SipParams.AreWellFormed(Params);
    }

    // Without brackets everything behind the first ";" belongs to the header, and the URI may hold neither "," nor "?"
    // (RFC 3261 §20: such a URI must be bracketed).
    private bool ReadAddrSpec(ReadOnlySpan<byte> text)
    {
        var semicolon = text.IndexOf((byte)';');
        var uri = SipText.Trim(semicolon < 0 ? text : text[..semicolon]);
        if (uri.IndexOfAny((byte)',', (byte)'?') >= 0)
            return false;

        Uri = uri;
        Params = semicolon < 0 ? default : text[semicolon..];
        return SipUriValue.TryParse(Uri, out _) && SipParams.AreWellFormed(Params);
    }

    // display-name = *(token LWS). UTF-8 and a few marks are sent without quotes in the field; nothing that could be taken
    // for a delimiter is among them.
    private static bool IsDisplayNameByte(byte value) =>
        SipText.IsTokenByte(value) || SipText.IsSpace(value) || value is >= 0x80 or (byte)'(' or (byte)')' or (byte)'/' or (byte)'&' or (byte)'#';
}
