namespace Tandem.Sip.Messages;

/// <summary>Who refreshes a session (RFC 4028 §4).</summary>
public enum SessionRefresher : byte
{
    /// <summary>The header does not say.</summary>
    None,
    Uac,
    Uas,
}
