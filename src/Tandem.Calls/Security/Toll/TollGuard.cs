using System.Collections.Concurrent;
using Tandem.Calls.Events;
using Tandem.Calls.Limits;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Security.Toll;

/// <summary>
/// Stands before every call that leaves the exchange: where it may go, how many and how fast, for how much money. It is on by
/// default, because a guessed password costs thousands within a night. A trip shuts the way out of its tenant, and says how to open it.
/// One instance serves all shards.
/// </summary>
public sealed class TollGuard(ITollPolicies policies, ITollLedger ledger, IEventSink events)
{
    private const int Forbidden = 403;
    private const int Unavailable = 503;
    private const string HowToAllow = "the toll rules (PUT /api/v1/toll/rules, `tandem toll allow`) open it";

    private readonly ConcurrentDictionary<TenantId, TollAccount> _accounts = new();

    /// <summary>What the other nodes use; null where the node is alone. Set before the loops start.</summary>
    public IRemoteUse? Remote { get; set; }

    /// <summary>Decides about one call; an allowed one is counted from now until its ticket is ended.</summary>
    public TollVerdict Admit(in TollCall call, DateTimeOffset now)
    {
        var account = Account(call.Tenant, now);
        var rules = policies.Of(call.Tenant);
        if (rules.AlwaysAllowed.Contains(call.ShortCode))
            return new TollVerdict.Allowed(account.EnterAlways(call.Profile));

        // The trip was told when it happened: who goes on trying is counted, and raises no flood of events.
        if (account.RefuseBlocked(now) is { } block)
            return new TollVerdict.Refused(TollRule.Blocked, Blocked(block), Unavailable);

        var ofProfile = policies.Of(call.Tenant, call.Profile);
        if (Examine(call, rules, ofProfile, now) is { } refusal)
            return Refuse(call, refusal.Rule, refusal.Text, Forbidden, account.CountRefused(rules, now), now);

        var price = call.IsAddress ? null : policies.PriceOf(call.Tenant, call.Profile, Destinations.Digits(call.Number));
        var (ticket, rule, begun) = account.Enter(call.Profile, rules, ofProfile, price, now);
        if (ticket is not null)
            return new TollVerdict.Allowed(ticket);

        var text = begun is null ? "Too many calls to outside at once: maxConcurrent of the toll rules says how many" : Blocked(begun);
        return Refuse(call, rule, text, Unavailable, begun, now);
    }

    /// <summary>Whether a call could go by its destination and the hour; counts nothing. Null: it could. For people who try their rules.</summary>
    public (TollRule Rule, string Text)? Explain(in TollCall call, DateTimeOffset now)
    {
        var rules = policies.Of(call.Tenant);
        return rules.AlwaysAllowed.Contains(call.ShortCode) ? null : Examine(call, rules, policies.Of(call.Tenant, call.Profile), now);
    }

    /// <summary>True for a short code that is never stopped.</summary>
    public bool IsAlwaysAllowed(TenantId tenant, string shortCode) => policies.Of(tenant).AlwaysAllowed.Contains(shortCode);

    /// <summary>Which time to tell all nodes (<see cref="HearLift"/>) to open the way out of a tenant now: it is behind the block that this one knows. Nothing is opened yet.</summary>
    /// <returns>In whole milliseconds; null when nothing shuts the way out, as far as this node knows.</returns>
    public DateTimeOffset? LiftTime(TenantId tenant, DateTimeOffset now) => Account(tenant, now).LiftTime(now);

    /// <summary>Hears that somebody has lifted the block of a tenant, here or elsewhere; a block that came after it stays.</summary>
    /// <param name="at">When, as <see cref="LiftTime"/> said.</param>
    /// <param name="now">Now.</param>
    public void HearLift(TenantId tenant, DateTimeOffset at, DateTimeOffset now) => Account(tenant, now).HearLift(at, now);

    /// <summary>What is counted of a tenant.</summary>
    public TollAccountSnapshot Show(TenantId tenant, DateTimeOffset now) => Account(tenant, now).Show(now);

    /// <summary>Takes what another node told of a tenant: money that its calls have cost, and its block.</summary>
    public void Hear(string node, TenantId tenant, TollState told, DateTimeOffset now) => Account(tenant, now).Hear(node, told, now);

    /// <summary>What each tenant uses at this node, for the others.</summary>
    public IReadOnlyList<ToldUse> CollectUse(DateTimeOffset now)
    {
        var all = new List<ToldUse>();
        foreach (var account in _accounts.Values)
            account.Collect(all, now);
        return all;
    }

    private static (TollRule Rule, string Text)? Examine(in TollCall call, TollRules rules, TollRules? ofProfile, DateTimeOffset now)
    {
        if (call.IsAddress)
        {
            return IsClosed(rules, now) ? (TollRule.OutOfHours, $"Calls to SIP addresses are not allowed at this hour: hours of {HowToAllow}") : null;
        }

        var digits = Destinations.Digits(call.Number);
        if (digits.IsEmpty)
            return (TollRule.NotANumber, "Not a number of E.164 (a plus sign and 5 to 15 digits): the number format of the profile makes one of what is dialled");

        var own = Destinations.Digits(call.OwnNumber);
        var home = own.IsEmpty ? "" : CountryCodes.Of(own, out _);
        return Examine(digits, home, rules, now) ?? (ofProfile is null ? null : Examine(digits, home, ofProfile, now));
    }

    private static (TollRule Rule, string Text)? Examine(ReadOnlySpan<char> digits, string home, TollRules rules, DateTimeOffset now)
    {
        if (PremiumNumbers.Fit(digits) is var premium and > 0 && !IsOpen(rules.OpenPremium, digits))
            return (TollRule.Premium, $"Numbers that begin with +{digits[..premium]} are premium or satellite numbers: openPremium of {HowToAllow}");

        var allowed = Destinations.Fit(rules.Allowed, digits, home);
        if (allowed < 0 || Destinations.Fit(rules.Closed, digits, home) >= allowed)
            return (TollRule.Destination, $"Calls to {Place(digits)} are not allowed: {HowToAllow}{(home.Length == 0 ? "; home is not known, because the profile has no number of its own in E.164" : "")}");

        return IsClosed(rules, now) && Destinations.Fit(rules.Hours!.Allowed, digits, home) < 0
            ? (TollRule.OutOfHours, $"Calls to {Place(digits)} are not allowed at this hour: hours of {HowToAllow}")
            : null;
    }

    private static bool IsClosed(TollRules rules, DateTimeOffset now) => rules.Hours is { } hours
        && hours.Has(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.TryFindSystemTimeZoneById(rules.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc).DateTime);

    private static bool IsOpen(IReadOnlyList<string> open, ReadOnlySpan<char> digits)
    {
        foreach (var prefix in open)
        {
            if (digits.StartsWith(prefix))
                return true;
        }

        return false;
    }

    // Not the number: this text is logged and shown.
    private static string Place(ReadOnlySpan<char> digits) =>
        CountryCodes.Of(digits, out var length) is { Length: > 0 } country ? $"{country} (+{digits[..length]})" : $"+{digits[..3]}";

    private static string Blocked(TollBlock block) =>
        $"Calls to outside are blocked: {block.Text}. "
        + (block.Until is { } until ? $"They open again at {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC; " : "")
        + "`tandem toll lift` or POST /api/v1/toll/lift opens them now";

    private TollVerdict.Refused Refuse(in TollCall call, TollRule rule, string text, int status, TollBlock? begun, DateTimeOffset now)
    {
        events.Publish(new TollTripped(call.Tenant, call.Profile, call.Caller, call.Number, rule, text, begun, now));
        return new TollVerdict.Refused(rule, text, status);
    }

    private TollAccount Account(TenantId tenant, DateTimeOffset now) =>
        _accounts.GetOrAdd(tenant, static (key, with) => with.Self.Open(key, with.Now), (Self: this, Now: now));

    private TollAccount Open(TenantId tenant, DateTimeOffset now) => new(tenant, ledger, () => policies.Of(tenant), () => Remote, policies.LiftedAt(tenant), now);
}
