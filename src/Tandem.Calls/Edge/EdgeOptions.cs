using Tandem.Core.Privacy;

namespace Tandem.Calls.Edge;

/// <summary>How nodes reach the phones that only another node can reach.</summary>
public sealed record EdgeOptions
{
    public static readonly EdgeOptions Default = new();

    /// <summary>CLUSTER_SECRET: what all nodes know and nobody else. Null: a phone that only its node can reach is called at that node alone.</summary>
    public Secret? Secret { get; init; }

    /// <summary>
    /// CLUSTER_ADDRESS: the address and SIP port at which the other nodes reach this one, over UDP and TCP: <c>10.0.0.1:5060</c>. Empty: the
    /// address of the start page and SIP_PORT.
    /// </summary>
    public string Address { get; init; } = "";

    /// <summary>How much older or newer than now the signature of a request may be. 30 s: clocks that differ, and nothing that was overheard long ago.</summary>
    public TimeSpan SignatureWindow { get; init; } = TimeSpan.FromSeconds(30);
}
