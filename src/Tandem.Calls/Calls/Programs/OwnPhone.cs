namespace Tandem.Calls.Calls.Programs;

/// <summary>Whose phone somebody calls from.</summary>
internal static class OwnPhone
{
    /// <summary>
    /// The extension that a person has proved to be, by the credentials of his phone; null for a caller from outside: what a provider shows as his number proves nothing.
    /// </summary>
    public static string? NumberOf(ServedCall person)
    {
        var snapshot = person.Call.Model.Snapshot;
        return snapshot.Direction != CallDirection.Inbound && person.Side == CallSide.Caller && person.Call.Environment.Router.Find(person.Tenant, snapshot.CallerNumber) is { Enabled: true }
            ? snapshot.CallerNumber
            : null;
    }
}
