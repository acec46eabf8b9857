namespace Tandem.Calls.Calls;

/// <summary>Whose matter the end of a call was.</summary>
public enum ResultClass
{
    /// <summary>The call was answered and ended as calls do.</summary>
    Success,

    /// <summary>A person or phone decided: busy, cancelled, rejected, no answer, not registered.</summary>
    Client,

    /// <summary>The exchange failed or was stopped.</summary>
    Server,

    /// <summary>The far side or the network failed.</summary>
    Upstream,

    /// <summary>Nobody knows: the node was lost during the call.</summary>
    Indeterminate,
}
