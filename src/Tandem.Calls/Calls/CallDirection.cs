namespace Tandem.Calls.Calls;

/// <summary>Which way a call goes, as its tenant sees it. A transfer makes a new call, whose way depends on who is in it then.</summary>
public enum CallDirection : byte
{
    /// <summary>Between extensions and services of the exchange.</summary>
    Internal,

    /// <summary>From outside, through a profile: the caller is there and the callee is not.</summary>
    Inbound,

    /// <summary>To the outside, through a profile: the callee is there.</summary>
    Outbound,
}
