using Tandem.Calls.Routing;

namespace Tandem.Calls.Calls.Programs;

/// <summary>Sends a person who is served already to another destination, whatever is there.</summary>
internal static class SendOnward
{
    // More stations go in a circle: two full queues that lead to each other, say.
    private const int MostStations = 10;

    private static readonly Prompt Sorry = Prompt.Sounds("cannot-complete");

    /// <summary>Rings who is there, or serves; completes with how the call ends. A person who could not be sent hears so.</summary>
    /// <param name="person">Who.</param>
    /// <param name="to">Where to.</param>
    public static async ValueTask<CallEnding?> RunAsync(ServedCall person, Destination to)
    {
        if (!person.IsGone && ++person.Onward <= MostStations)
        {
            var snapshot = person.Call.Model.Snapshot;
            var plan = person.Call.Environment.Router.Plan(new RouteRequest(person.Tenant, snapshot.CallerNumber, "") { To = to });
            var outcome = await person.ConnectAsync(plan, new ConnectOrder { Number = snapshot.CalleeNumber, Timeout = person.Call.Options.SetupTimeout });
            if (outcome.IsConnected)
                return await person.TalkAsync();
            if (outcome.Service is { } service)
                return await person.ServeAsync(service);
        }

        await person.PlayAsync(Sorry);
        return null;
    }
}
