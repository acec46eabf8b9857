namespace Tandem.Calls.Calls;

/// <summary>Which way a call goes, as its tenant sees it.</summary>
public enum CallDirection : byte
{
    /// <summary>Between extensions and services of the exchange.</summary>
    Internal,

    /// <summary>From outside, through a profile.</summary>
    Inbound,

    /// <summary>To the outside, through a profile.</summary>
    Outbound,
}
