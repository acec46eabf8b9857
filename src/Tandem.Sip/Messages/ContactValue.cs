namespace Tandem.Sip.Messages;

/// <summary>One value of Contact (RFC 3261 §20.10): an address with q and expires, or the star.</summary>
public ref struct ContactValue
{
    /// <summary>The largest number of seconds that is taken from the wire; more counts as this much (RFC 3261 §20.19: 2^32 - 1).</summary>
    public const uint MaxSeconds = uint.MaxValue;

    private NameAddrValue _address;

    /// <summary>True for <c>Contact: *</c>.</summary>
    public bool IsStar { get; private set; }

    /// <inheritdoc cref="NameAddrValue.DisplayName"/>
    public readonly ReadOnlySpan<byte> DisplayName => _address.DisplayName;

    /// <inheritdoc cref="NameAddrValue.Uri"/>
    public readonly ReadOnlySpan<byte> Uri => _address.Uri;

    /// <inheritdoc cref="NameAddrValue.Params"/>
    public readonly ReadOnlySpan<byte> Params => _address.Params;

    /// <summary>The whole value as an address.</summary>
    public readonly NameAddrValue Address => _address;

    /// <summary>The preference in thousandths, 0 to 1000; -1 when there is none.</summary>
    public int Q { get; private set; }

    /// <summary>Seconds from the <c>expires</c> parameter; null when there is none or it is no number.</summary>
    public uint? Expires { get; private set; }

    /// <summary>Reads one value (one element of the list). A q-value outside of 0 to 1 is an error.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ContactValue contact)
    {
        contact = default;
        contact.Q = -1;
        text = SipText.Trim(text);
        if (text.SequenceEqual("*"u8))
        {
            contact.IsStar = true;
            return true;
        }

        if (!NameAddrValue.TryParse(text, out contact._address))
            return false;

        if (contact.TryGetParam("q"u8, out var q))
        {
            if (!TryParseQ(q, out var thousandths))
                return false;
            contact.Q = thousandths;
        }

        if (contact.TryGetParam("expires"u8, out var expires))
            contact.Expires = ParseSeconds(expires);

        return true;
    }

    /// <inheritdoc cref="NameAddrValue.TryGetParam"/>
    public readonly bool TryGetParam(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => _address.TryGetParam(name, out value);

    /// <inheritdoc cref="NameAddrValue.TryGetUri"/>
    public readonly bool TryGetUri(out SipUriValue uri) => _address.TryGetUri(out uri);

    /// <summary>Reads <c>"0" ["." 0*3DIGIT] / "1" ["." 0*3("0")]</c> as thousandths.</summary>
    public static bool TryParseQ(ReadOnlySpan<byte> text, out int thousandths)
    {
        thousandths = 0;
        if (text.Length is 0 or > 5 || text[0] is not ((byte)'0' or (byte)'1') || (text.Length > 1 && text[1] != '.'))
            return false;

        thousandths = (text[0] - '0') * 1000;
        var weight = 100;
        for (var i = 2; i < text.Length; i++)
        {
            if (!SipText.IsDigit(text[i]))
                return false;

            thousandths += (text[i] - '0') * weight;
            weight /= 10;
        }

        return thousandths <= 1000;
    }

    /// <summary>Reads delta-seconds: a number too large counts as the largest one, anything else as null.</summary>
    public static uint? ParseSeconds(ReadOnlySpan<byte> text)
    {
        if (SipText.TryParseNumber(text, MaxSeconds, out var seconds))
            return (uint)seconds;

        return text.Length > 0 && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? MaxSeconds : null;
    }
}
