namespace Tandem.Calls.Calls;

/// <summary>Which provisional responses go reliably to a caller that supports 100rel without requiring it.</summary>
public enum ReliableProvisionals
{
    /// <summary>None: only a caller that requires it gets them.</summary>
    Required,

    /// <summary>Those with SDP.</summary>
    WithSdp,

    /// <summary>All from 101 on.</summary>
    All,
}
