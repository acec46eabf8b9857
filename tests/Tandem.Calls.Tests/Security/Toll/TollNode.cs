using Tandem.Calls.Events;
using Tandem.Calls.Limits;
using Tandem.Calls.Security.Toll;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Limits;

namespace Tandem.Calls.Tests.Security.Toll;

/// <summary>The toll guard of one node with one tenant.</summary>
internal sealed class TollNode : ITollPolicies, ITollLedger, IEventSink
{
    public static readonly TenantId Tenant = new("acme");

    public TollNode(string name, TollRules rules, TollRules? ofProfile)
    {
        (Name, Rules, OfProfile) = (name, rules, ofProfile);
        Guard = new TollGuard(this, this, this) { Remote = Remote };
    }

    public string Name { get; }

    public TollGuard Guard { get; }

    public FakeRemoteUse Remote { get; } = new();

    public TollRules Rules { get; set; }

    public TollRules? OfProfile { get; }

    public TollPrice? Price { get; set; }

    public TollState Kept { get; set; } = TollState.Empty;

    public IReadOnlyList<(string, TollState)> OfOthers { get; set; } = [];

    public List<TollTripped> Events { get; } = [];

    public static (TollNode A, TollNode B) Pair(TollRules rules, TollRules? ofProfile = null) => (new TollNode("a", rules, ofProfile), new TollNode("b", rules, ofProfile));

    /// <summary>A call from now on that has been answered at once and has ended.</summary>
    public void Call(DateTimeOffset now, int minutes)
    {
        var call = Admit(now);
        call.Answered(now);
        call.Ended(now.AddMinutes(minutes));
    }

    /// <summary>Another node hears what this one has in use, by its own clock.</summary>
    public void TellTo(TollNode other, DateTimeOffset now, DateTimeOffset? hears = null)
    {
        var all = Guard.CollectUse(now);
        other.Remote.Tell(all);
        foreach (var told in all.Where(static told => told.Toll is not null))
            other.Guard.Hear(Name, new TenantId(told.Key.Tenant), told.Toll!, hears ?? now);
    }

    public TollRule? Ask(DateTimeOffset now, string number = "+441134960001", string profile = "main") =>
        Guard.Admit(new TollCall(Tenant, profile, "100", number, "+441134960000"), now) is TollVerdict.Refused refused ? refused.Rule : null;

    public TollTicket Admit(DateTimeOffset now, string profile = "main") =>
        Assert.IsType<TollVerdict.Allowed>(Guard.Admit(new TollCall(Tenant, profile, "100", "+441134960001", "+441134960000"), now)).Ticket;

    public DateTimeOffset? Lift(DateTimeOffset now)
    {
        var at = Guard.LiftTime(Tenant, now);
        if (at is { } time)
            Guard.HearLift(Tenant, time, now);
        return at;
    }

    public DateTimeOffset LastLift { get; set; }

    public DateTimeOffset LiftedAt(TenantId tenant) => LastLift;

    public TollRules Of(TenantId tenant) => Rules;

    public TollRules? Of(TenantId tenant, string profile) => profile == "main" ? OfProfile : null;

    public TollPrice? PriceOf(TenantId tenant, string profile, ReadOnlySpan<char> digits) => Price;

    public TollState Load(TenantId tenant) => Kept;

    public IEnumerable<(string Node, TollState State)> LoadOthers(TenantId tenant) => OfOthers;

    public void Save(TenantId tenant, TollState state) => Kept = state;

    public void Publish(ExchangeEvent exchangeEvent) => Events.Add((TollTripped)exchangeEvent);
}
