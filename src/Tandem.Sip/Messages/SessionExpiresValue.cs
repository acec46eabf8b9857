namespace Tandem.Sip.Messages;

/// <summary>The value of Session-Expires, and of Min-SE without a refresher (RFC 4028 §4, §5).</summary>
public ref struct SessionExpiresValue
{
    /// <summary>The interval in seconds.</summary>
    public uint Seconds { get; private set; }

    /// <summary>Who refreshes.</summary>
    public SessionRefresher Refresher { get; private set; }

    /// <summary>The parameters with their leading semicolon.</summary>
    public ReadOnlySpan<byte> Params { get; private set; }

    /// <summary>Reads the value; a refresher that is neither uac nor uas is an error.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SessionExpiresValue value)
    {
        value = default;
        text = SipText.Trim(text);
        var semicolon = text.IndexOf((byte)';');
        var digits = SipText.Trim(semicolon < 0 ? text : text[..semicolon]);
        if (ContactValue.ParseSeconds(digits) is not { } seconds)
            return false;

        value.Seconds = seconds;
        value.Params = semicolon < 0 ? default : text[semicolon..];
        if (!SipParams.AreWellFormed(value.Params))
            return false;

        if (!SipParams.TryGet(value.Params, "refresher"u8, out var refresher))
            return true;

        value.Refresher = SipText.EqualsIgnoreCase(refresher, "uac"u8) ? SessionRefresher.Uac
            : SipText.EqualsIgnoreCase(refresher, "uas"u8) ? SessionRefresher.Uas
            : SessionRefresher.None;
        return value.Refresher != SessionRefresher.None;
    }
}
