using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Routing.Features;

namespace Tandem.Calls.Calls.Programs;

/// <summary>The phone of an extension changes what the extension has set, and hears that it did; a tone of refusal when it cannot.</summary>
internal sealed class FeatureProgram(FeatureChange change, string argument) : ICallProgram
{
    public async ValueTask<CallEnding?> RunAsync(ServedCall person)
    {
        var isChanged = person.Leg is InboundLeg && OwnPhone.NumberOf(person) is { } number && person.Call.Environment.Router.TryChange(person.Tenant, number, change, argument);
        await person.PauseAsync(TimeSpan.FromMilliseconds(300)); // until the path is there, and the first word is heard
        await person.PlayAsync(isChanged ? Prompt.Sounds(FeatureChanges.Sound(change)) : Prompt.Error);
        return null;
    }
}
