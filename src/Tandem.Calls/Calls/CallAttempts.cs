using Tandem.Calls.Calls.Legs;
using Tandem.Calls.Trunks;
using Tandem.Calls.Trunks.Calls;
using Tandem.Core.Time;

namespace Tandem.Calls.Calls;

/// <summary>Gathers at the end of a call what its legs leave behind; null for the many calls that leave nothing. On the call's shard.</summary>
internal static class CallAttempts
{
    /// <summary>Attempts of one record at most: contacts of a number and ways to a provider are bounded, steps of a plan may repeat them.</summary>
    public const int MostAttempts = 64;

    /// <param name="call">The call; its legs are released, so that their prices are known.</param>
    public static CallExtras? Gather(LiveCall call)
    {
        var attempts = Attempts(call);
        var price = Price(call);
        var recordings = call.RecordingIds;
        return attempts is null && price is null && recordings is null && call.IvrPath is null && call.Control?.TakenBy is null
            ? null
            : new CallExtras { Attempts = attempts ?? [], Price = price, IvrPath = call.IvrPath, TakenBy = call.Control?.TakenBy, Recordings = recordings ?? [] };
    }

    /// <summary>Keeps what there is to tell of a released leg that the call forgets before its end.</summary>
    public static void Keep(LiveCall call, OutboundLeg leg, CallPast past)
    {
        if (leg != call.Callee)
            past.Add(Of(call, leg));
        if (leg is { Trunk.Price: { } price } && leg.Call == call)
            past.Add(price);
    }

    /// <summary>A way that the exchange did not let the call go.</summary>
    public static CallAttempt Refused(LiveCall call, TrunkRoute route, in TrunkRefusal refusal)
    {
        var now = call.Environment.WallClock.ToUtc(call.Now);
        return new CallAttempt(NumberOf(route), "", "", route.Profile.Id.Value, refusal.Status, Cut(refusal.Text), now, null, now);
    }

    private static List<CallAttempt>? Attempts(LiveCall call)
    {
        List<CallAttempt>? attempts = call.Past is { Attempts.Count: > 0 } past ? [.. past.Attempts] : null;
        foreach (var leg in call.Forks)
        {
            if (leg == call.Callee)
                continue;

            attempts ??= [];
            if (attempts.Count < MostAttempts)
                attempts.Add(Of(call, leg));
        }

        attempts?.Sort(static (a, b) => a.DialledAt.CompareTo(b.DialledAt));
        return attempts;
    }

    private static CallAttempt Of(LiveCall call, OutboundLeg leg)
    {
        ref readonly var marks = ref leg.Marks;
        var clock = call.Environment.WallClock;
        return new CallAttempt(
            leg.Contact.Trunk is { } route ? NumberOf(route) : leg.Contact.Number, leg.Target.Remote.ToString(), leg.CallId, leg.Trunk?.Profile.Id.Value ?? "",
            marks.Status, marks.Text ?? "", clock.ToUtc(marks.Dialled), marks.Ringing is { } ringing ? clock.ToUtc(ringing) : null, clock.ToUtc(marks.Failed ?? call.Now));
    }

    private static decimal? Price(LiveCall call)
    {
        var price = call.Past?.Price;
        Add(call.Caller);
        Add(call.Callee);
        foreach (var leg in call.Forks)
        {
            if (leg != call.Callee)
                Add(leg);
        }

        return price;

        // A leg that has gone to another call costs that one.
        void Add(Leg? leg)
        {
            if (leg is { Trunk.Price: { } cost } && leg.Call == call)
                price = (price ?? 0) + cost;
        }
    }

    private static string NumberOf(TrunkRoute route) => route.Number.E164.Length > 0 ? route.Number.E164 : route.Number.Dialled;

    private static string Cut(string text) => text.Length <= 128 ? text : text[..128];
}
