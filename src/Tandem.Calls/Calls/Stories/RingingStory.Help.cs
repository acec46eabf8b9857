using Tandem.Calls.Registrar;

namespace Tandem.Calls.Calls.Stories;

/// <content>Calls for help: no answer of one provider is the last word while there is another one.</content>
internal sealed partial class RingingStory
{
    /// <summary>True for a way to a number for help.</summary>
    internal static bool IsForHelp(LiveCall call, Binding contact) => contact.Trunk is { } route && call.Environment.Trunks.IsForHelp(route);

    /// <summary>
    /// How long contacts ring for which nothing else is said. Who calls for help waits in a queue there, perhaps: as long as proxies on the way do (RFC 3261 §16.6, timer C) and not as long as
    /// a colleague takes to his phone.
    /// </summary>
    internal static TimeSpan SetupTimeOf(LiveCall call, IReadOnlyList<Binding> contacts)
    {
        var (time, most) = (call.Options.SetupTimeout, call.Environment.Routing.MaxRinging);
        return most > time && contacts.Count > 0 && IsForHelp(call, contacts[0]) ? most : time;
    }

    private bool TryNextForHelp(Binding contact) => IsForHelp(call, contact) && _phones.TakeNext(contact) is { } next && Dial(next);
}
