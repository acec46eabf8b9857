namespace Tandem.Sip.Messages;

/// <summary>The URI schemes that Tandem tells apart.</summary>
public enum UriScheme : byte
{
    /// <summary>Any scheme that Tandem does not route.</summary>
    Other,
    Sip,
    Sips,
    Tel,
}
