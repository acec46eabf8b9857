using Tandem.Calls.Calls;
using Tandem.Calls.Registrar;
using Tandem.Calls.Trunks;

namespace Tandem.Calls.Routing;

/// <summary>What to do with a call.</summary>
public abstract record DialDecision
{
    private DialDecision()
    {
    }

    /// <summary>
    /// Ring these contacts at the same time, the best q-value first in the list; of contacts of one instance
    /// (<see cref="Binding.IsSameDevice"/>) the first, and the others only when it fails (RFC 5626 §7).
    /// </summary>
    public sealed record Ring(IReadOnlyList<Binding> Contacts) : DialDecision;

    /// <summary>Call a number of the outside world by the first of these routes, and by the next ones when it fails.</summary>
    public sealed record Trunk(IReadOnlyList<TrunkRoute> Routes) : DialDecision;

    /// <summary>Answer: the exchange itself is the other end.</summary>
    public sealed record Serve(ExchangeService Service) : DialDecision;

    /// <summary>Ask a webhook where the call goes (an HTTP POST); when it is away the next step is tried.</summary>
    public sealed record Ask(string Url) : DialDecision;

    /// <summary>The contacts to ring; null when nobody is rung.</summary>
    internal IReadOnlyList<Binding>? Phones => this switch
    {
        Ring ring => ring.Contacts,
        Trunk trunk => [.. trunk.Routes.Select(route => route.ToContact(default))],
        _ => null,
    };

    /// <summary>Refuse with this status.</summary>
    public sealed record Reject(int Status, EndReason Reason, string Text) : DialDecision
    {
        /// <summary>Code and text of a Warning header (RFC 3261 §20.43), without the agent; code 0 for none.</summary>
        public (int Code, string Text) Warning { get; init; } = (0, "");
    }
}
