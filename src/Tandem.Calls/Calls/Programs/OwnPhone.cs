using Tandem.Calls.Calls.Legs;

namespace Tandem.Calls.Calls.Programs;

/// <summary>Whose phone somebody calls from.</summary>
internal static class OwnPhone
{
    /// <summary>
    /// The extension that a person has proved to be, by the credentials of his phone; null for a caller from outside, for what a provider shows as his number proves nothing,
    /// for who was transferred or sent on by a program of the tenant (who may command calls may not act as an extension), and for who answered a call to an extension somewhere else.
    /// </summary>
    public static string? NumberOf(ServedCall person)
    {
        var snapshot = person.Call.Model.Snapshot;
        var isItself = snapshot.TransferredBy.Length == 0 && snapshot.TransferredFrom is null && !person.IsSentOn && person.Leg switch
        {
            InboundLeg { Trunk: null } => true,
            OutboundLeg { Trunk: null } rung => rung.Contact.Number == snapshot.CallerNumber,
            _ => false,
        };
        return isItself && snapshot.Direction != CallDirection.Inbound && person.Side == CallSide.Caller && person.Call.Environment.Router.Find(person.Tenant, snapshot.CallerNumber) is { Enabled: true }
            ? snapshot.CallerNumber
            : null;
    }
}
