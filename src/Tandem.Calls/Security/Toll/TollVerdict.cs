namespace Tandem.Calls.Security.Toll;

/// <summary>What the guard says about a call to outside.</summary>
public abstract record TollVerdict
{
    private TollVerdict()
    {
    }

    /// <summary>It may go. The ticket must be ended when the call is over, however it ends.</summary>
    public sealed record Allowed(TollTicket Ticket) : TollVerdict;

    /// <summary>It may not.</summary>
    /// <param name="Rule">Which rule it met.</param>
    /// <param name="Text">For people: what was refused, and how to lift it.</param>
    /// <param name="Status">The SIP status for the caller: 403 for a destination, 503 for a cap.</param>
    public sealed record Refused(TollRule Rule, string Text, int Status) : TollVerdict;
}
