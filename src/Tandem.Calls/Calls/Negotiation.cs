using Tandem.Calls.Calls.Legs;
using Tandem.Sip.Transactions;

namespace Tandem.Calls.Calls;

/// <summary>
/// An offer that waits for its answer (RFC 3264 §4: one at a time in a session). <paramref name="from"/> is the leg that
/// asked; null when the exchange itself refreshes the session.
/// </summary>
internal sealed class Negotiation(Leg? from)
{
    public Leg? From => from;

    /// <summary>The re-INVITE of that leg; null for an UPDATE.</summary>
    public ServerTransaction? Server { get; init; }

    /// <summary>The re-INVITE that went to the other leg.</summary>
    public OutgoingInvite? Invite { get; set; }

    /// <summary>The leg took its re-INVITE back.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>A CANCEL came for <paramref name="server"/>: it is passed on (RFC 3261 §9.2).</summary>
    public void Cancel(ServerTransaction? server)
    {
        if (server is null || server != Server)
            return;

        IsCancelled = true;
        Invite?.Cancel();
    }
}
