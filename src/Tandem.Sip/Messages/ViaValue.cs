namespace Tandem.Sip.Messages;

/// <summary>One value of Via (RFC 3261 §20.42; rport: RFC 3581).</summary>
public ref struct ViaValue
{
    /// <summary>The protocol name and version without white space is <c>SIP/2.0</c>.</summary>
    public bool IsSip2 { get; private set; }

    /// <summary>The transport as written: <c>UDP</c>, <c>TCP</c>, <c>TLS</c>, <c>WS</c> …</summary>
    public ReadOnlySpan<byte> Transport { get; private set; }

    /// <summary>The host of sent-by; an IPv6 address keeps its brackets.</summary>
    public ReadOnlySpan<byte> Host { get; private set; }

    /// <summary>The port of sent-by; -1 when there is none.</summary>
    public int Port { get; private set; }

    /// <summary>The parameters with their leading semicolon.</summary>
    public ReadOnlySpan<byte> Params { get; private set; }

    /// <summary>The branch; empty when there is none.</summary>
    public readonly ReadOnlySpan<byte> Branch => TryGetParam("branch"u8, out var value) ? value : default;

    /// <summary>The received parameter: an address, IPv6 with or without brackets; empty when there is none.</summary>
    public readonly ReadOnlySpan<byte> Received => TryGetParam("received"u8, out var value) ? value : default;

    /// <summary>The maddr parameter; empty when there is none.</summary>
    public readonly ReadOnlySpan<byte> Maddr => TryGetParam("maddr"u8, out var value) ? value : default;

    /// <summary>The ttl parameter, 0 to 255; -1 when there is none or it is no such number.</summary>
    public readonly int Ttl =>
        TryGetParam("ttl"u8, out var value) && SipText.TryParseNumber(value, 255, out var ttl) ? (int)ttl : -1;

    /// <summary>True when there is an rport parameter, with or without a value.</summary>
    public readonly bool HasRport => TryGetParam("rport"u8, out _);

    /// <summary>The value of rport; -1 when it is absent, empty or no port.</summary>
    public readonly int Rport =>
        TryGetParam("rport"u8, out var value) && SipText.TryParseNumber(value, 65_535, out var port) && port > 0 ? (int)port : -1;

    /// <summary>
    /// Reads one value (one element of the list). White space may stand around <c>/</c>, <c>:</c>, <c>;</c> and
    /// <c>=</c>. Malformed parameters do not fail here (see <see cref="AreParamsWellFormed"/>), so that an error can be
    /// answered.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ViaValue via)
    {
        via = default;
        via.Port = -1;
        text = SipText.Trim(text);
        ReadOnlySpan<byte> version;
        if (text.StartsWith("SIP/2.0/"u8))
        {
            via.IsSip2 = true;
            text = text[8..];
        }
        else
        {
            if (!TakeToken(ref text, out var protocol) || !TakeSlash(ref text) || !TakeToken(ref text, out version) || !TakeSlash(ref text))
                return false;

            via.IsSip2 = SipText.EqualsIgnoreCase(protocol, "SIP"u8) && version.SequenceEqual("2.0"u8);
        }

        if (!TakeToken(ref text, out var transport) || text.Length == 0 || !SipText.IsSpace(text[0]))
            return false;

        via.Transport = transport;
        text = SipText.TrimStart(text);
        var semicolon = text.IndexOf((byte)';');
        var sentBy = SipText.Trim(semicolon < 0 ? text : text[..semicolon]);
        via.Params = semicolon < 0 ? default : text[semicolon..];
        return via.ReadSentBy(sentBy);
    }

    /// <summary>True when the parameters follow the grammar.</summary>
    public readonly bool AreParamsWellFormed() => SipParams.AreWellFormed(Params);

    /// <inheritdoc cref="SipParams.TryGet"/>
    public readonly bool TryGetParam(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => SipParams.TryGet(Params, name, out value);

    private bool ReadSentBy(ReadOnlySpan<byte> text)
    {
        if (SipUriValue.TryReadHostPort(text, out var host, out var port))
        {
            Host = host;
            Port = port;
            return true;
        }

        // White space around the colon: host SWS ":" SWS port.
        var colon = text.LastIndexOf((byte)':');
        if (colon <= 0)
            return false;

        var digits = SipText.Trim(text[(colon + 1)..]);
        if (!SipText.TryParseNumber(digits, 65_535, out var number) || number == 0)
            return false;
        if (!SipUriValue.TryReadHostPort(SipText.Trim(text[..colon]), out host, out var second) || second >= 0)
            return false;

        Host = host;
        Port = (int)number;
        return true;
    }

    private static bool TakeToken(scoped ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> token)
    {
        text = SipText.TrimStart(text);
        var length = SipText.TokenLength(text);
        token = text[..length];
        text = text[length..];
        return length > 0;
    }

    private static bool TakeSlash(scoped ref ReadOnlySpan<byte> text)
    {
        text = SipText.TrimStart(text);
        if (text.Length == 0 || text[0] != '/')
            return false;

        text = text[1..];
        return true;
    }
}
